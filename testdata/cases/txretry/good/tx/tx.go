// Package tx is transactions over a connection.
package tx

import (
	"context"
	"errors"
	"sync"
)

// ErrConflict is returned for a transaction that met another one.
var ErrConflict = errors.New("conflict")

// Conn runs commands.
type Conn interface {
	Exec(ctx context.Context, cmd string, args ...any) error
}

// Tx is a transaction. Commit or Rollback must be called.
type Tx struct {
	conn   Conn
	ctx    context.Context
	cancel context.CancelFunc
	once   sync.Once
	err    error
}

// Begin begins a transaction, which ends with ctx at the latest.
func Begin(ctx context.Context, conn Conn) (*Tx, error) {
	t := &Tx{conn: conn}
	t.ctx, t.cancel = context.WithCancel(ctx)
	if err := conn.Exec(t.ctx, "BEGIN"); err != nil {
		t.cancel()
		return nil, err
	}
	return t, nil
}

// Exec runs a command.
func (t *Tx) Exec(cmd string, args ...any) error {
	return t.conn.Exec(t.ctx, cmd, args...)
}

func (t *Tx) end(cmd string) error {
	t.once.Do(func() {
		t.err = t.conn.Exec(t.ctx, cmd)
		t.cancel()
	})
	return t.err
}

// Commit ends the transaction and keeps what it did.
func (t *Tx) Commit() error { return t.end("COMMIT") }

// Rollback ends the transaction and undoes what it did.
func (t *Tx) Rollback() error { return t.end("ROLLBACK") }
