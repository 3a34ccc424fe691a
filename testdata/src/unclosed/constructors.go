package unclosed

// What is a constructor: with an error result, generic, a method, a wrapper of another one.

import (
	"context"
	"errors"
)

// ErrorResultLeaks returns without an end where a statement fails.
func ErrorResultLeaks(ctx context.Context, stmts []string) error {
	tx, err := Begin(ctx) // want `\[unclosed\]`
	if err != nil {
		return err
	}
	for _, stmt := range stmts {
		if err := tx.Exec(stmt); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// ErrorResultClean rolls back where a statement fails. Where Begin failed there is nothing to end.
func ErrorResultClean(ctx context.Context, stmts []string) error {
	tx, err := Begin(ctx)
	if err != nil {
		return err
	}
	for _, stmt := range stmts {
		if err := tx.Exec(stmt); err != nil {
			return errors.Join(err, tx.Rollback())
		}
	}
	return tx.Commit()
}

// Pool is a pool of Ts, ended by Close.
type Pool[T any] struct {
	free   chan T
	cancel context.CancelFunc
}

// NewPool returns a pool of n Ts. Close must be called.
func NewPool[T any](parent context.Context, n int) *Pool[T] {
	ctx, cancel := context.WithCancel(parent)
	p := &Pool[T]{free: make(chan T, n), cancel: cancel}
	go wait(ctx)
	return p
}

// Put puts v into the pool.
func (p *Pool[T]) Put(v T) { p.free <- v }

// Close ends the pool.
func (p *Pool[T]) Close() { p.cancel() }

// GenericLeaks never closes a pool of strings.
func GenericLeaks(ctx context.Context) {
	p := NewPool[string](ctx, 2) // want `\[unclosed\]`
	p.Put("a")
}

// GenericClean closes it.
func GenericClean(ctx context.Context) {
	p := NewPool[string](ctx, 2)
	defer p.Close()
	p.Put("a")
}

// GenericUserLeaks is generic itself.
func GenericUserLeaks[T any](ctx context.Context, vs []T) {
	p := NewPool[T](ctx, len(vs)) // want `\[unclosed\]`
	for _, v := range vs {
		p.Put(v)
	}
}

// GenericUserClean closes.
func GenericUserClean[T any](ctx context.Context, vs []T) {
	p := NewPool[T](ctx, len(vs))
	defer p.Close()
	for _, v := range vs {
		p.Put(v)
	}
}

// DB makes sessions.
type DB struct {
	name string
}

// Session is ended by Close.
type Session struct {
	db     *DB
	cancel context.CancelFunc
}

// NewSession returns a session of db. Close must be called.
func (db *DB) NewSession(parent context.Context) *Session {
	ctx, cancel := context.WithCancel(parent)
	go wait(ctx)
	return &Session{db: db, cancel: cancel}
}

// Name returns the name of the session's database.
func (s *Session) Name() string { return s.db.name }

// Close ends the session.
func (s *Session) Close() { s.cancel() }

// MethodLeaks never closes a session.
func MethodLeaks(ctx context.Context, db *DB) string {
	s := db.NewSession(ctx) // want `\[unclosed\]`
	return s.Name()
}

// MethodClean closes it.
func MethodClean(ctx context.Context, db *DB) string {
	s := db.NewSession(ctx)
	defer s.Close()
	return s.Name()
}

// newNamed wraps a constructor: what it returns is owed by its caller.
func newNamed(ctx context.Context, name string) (*Session, error) {
	if name == "" {
		return nil, errors.New("no name")
	}
	db := &DB{name: name}
	return db.NewSession(ctx), nil
}

// WrapperLeaks never closes what the wrapper returned.
func WrapperLeaks(ctx context.Context, name string) (string, error) {
	s, err := newNamed(ctx, name) // want `\[unclosed\]`
	if err != nil {
		return "", err
	}
	return s.Name(), nil
}

// WrapperClean closes it.
func WrapperClean(ctx context.Context, name string) (string, error) {
	s, err := newNamed(ctx, name)
	if err != nil {
		return "", err
	}
	defer s.Close()
	return s.Name(), nil
}

// InnerFailsLeaks is a constructor that drops the owner it has made already when a later part fails.
func InnerFailsLeaks(ctx context.Context, connect func() error) (*Session, error) {
	s := (&DB{name: "inner"}).NewSession(ctx) // want `\[unclosed\]`
	if err := connect(); err != nil {
		return nil, err
	}
	return s, nil
}

// InnerFailsClean closes it then.
func InnerFailsClean(ctx context.Context, connect func() error) (*Session, error) {
	s := (&DB{name: "inner"}).NewSession(ctx)
	if err := connect(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}
