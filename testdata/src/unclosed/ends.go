package unclosed

// The end of an owner need not be called Close: Stop, Wait, Commit and Rollback, the interface's method.

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"
)

// StopLeaks never stops the runner.
func StopLeaks(ctx context.Context) int {
	r := StartRunner(ctx) // want `\[unclosed\]`
	return r.Tick()
}

// StopClean stops it.
func StopClean(ctx context.Context) int {
	r := StartRunner(ctx)
	defer r.Stop()
	return r.Tick()
}

// WaitLeaks never waits for the task.
func WaitLeaks(ctx context.Context, steps ...func(context.Context) error) {
	t := StartTask(ctx) // want `\[unclosed\]`
	for _, step := range steps {
		t.Step(step)
	}
}

// WaitClean waits.
func WaitClean(ctx context.Context, steps ...func(context.Context) error) error {
	t := StartTask(ctx)
	for _, step := range steps {
		t.Step(step)
	}
	return t.Wait()
}

// CommitLeaks commits or does nothing.
func CommitLeaks(ctx context.Context, stmt string) error {
	tx, err := Begin(ctx) // want `\[unclosed\]`
	if err != nil {
		return err
	}
	if err := tx.Exec(stmt); err == nil {
		return tx.Commit()
	}
	return nil
}

// CommitClean commits or rolls back.
func CommitClean(ctx context.Context, stmt string) error {
	tx, err := Begin(ctx)
	if err != nil {
		return err
	}
	if err := tx.Exec(stmt); err == nil {
		return tx.Commit()
	}
	return tx.Rollback()
}

// RollbackDeferredClean rolls back at the end in any case.
func RollbackDeferredClean(ctx context.Context, f func(*Tx) error) error {
	tx, err := Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// Feed is what OpenFeed returns: an interface that says how it ends.
type Feed interface {
	Next() (string, bool)
	io.Closer
}

type feedOf struct {
	tick   *time.Ticker
	ctx    context.Context
	cancel context.CancelFunc
}

// OpenFeed opens a feed. Close must be called.
func OpenFeed(parent context.Context, every time.Duration) Feed {
	ctx, cancel := context.WithCancel(parent)
	return &feedOf{tick: time.NewTicker(every), ctx: ctx, cancel: cancel}
}

func (f *feedOf) Next() (string, bool) {
	select {
	case <-f.ctx.Done():
		return "", false
	case t := <-f.tick.C:
		return t.String(), true
	}
}

func (f *feedOf) Close() error {
	f.tick.Stop()
	f.cancel()
	return nil
}

// InterfaceLeaks never closes the feed.
func InterfaceLeaks(ctx context.Context) string {
	f := OpenFeed(ctx, time.Second) // want `\[unclosed\]`
	s, _ := f.Next()
	return s
}

// InterfaceClean closes it.
func InterfaceClean(ctx context.Context) string {
	f := OpenFeed(ctx, time.Second)
	defer f.Close()
	s, _ := f.Next()
	return s
}

// CloserClean sees only the io.Closer in it.
func CloserClean(ctx context.Context) error {
	var c io.Closer = OpenFeed(ctx, time.Second)
	return c.Close()
}

// BothLeaks opens two and closes one of them twice.
func BothLeaks(ctx context.Context) {
	a := OpenFeed(ctx, time.Second)
	b := OpenFeed(ctx, time.Minute) // want `\[unclosed\]`
	defer a.Close()
	defer a.Close()
	a.Next()
	b.Next()
}

// BothClean closes each.
func BothClean(ctx context.Context) {
	a := OpenFeed(ctx, time.Second)
	b := OpenFeed(ctx, time.Minute)
	defer a.Close()
	defer b.Close()
	a.Next()
	b.Next()
}

// Command is ended by the end of Execute.
type Command struct {
	args   []string
	ctx    context.Context
	cancel context.CancelFunc
}

// NewCommand returns a command. Execute must be called.
func NewCommand(parent context.Context) *Command {
	c := &Command{}
	c.ctx, c.cancel = context.WithCancel(parent)
	return c
}

// Parse sets the arguments.
func (c *Command) Parse(line string) error {
	c.args = strings.Fields(line)
	if len(c.args) == 0 {
		return errors.New("no command")
	}
	return nil
}

// Execute calls f with the arguments.
func (c *Command) Execute(f func(context.Context, []string) error) error {
	defer c.cancel()
	return f(c.ctx, c.args)
}

// ExecuteLeaks returns before Execute where there is nothing to execute.
func ExecuteLeaks(ctx context.Context, line string, f func(context.Context, []string) error) error {
	c := NewCommand(ctx) // want `\[unclosed\]`
	if err := c.Parse(line); err != nil {
		return err
	}
	return c.Execute(f)
}

// ExecuteClean executes in any case.
func ExecuteClean(ctx context.Context, line string, f func(context.Context, []string) error) error {
	c := NewCommand(ctx)
	err := c.Parse(line)
	return errors.Join(err, c.Execute(f))
}

// Results is ended by Next where there is nothing more, and by Close before that.
type Results struct {
	rows   []string
	cancel context.CancelFunc
}

// Find returns results. Read them to the end, or close them.
func Find(parent context.Context, rows ...string) *Results {
	ctx, cancel := context.WithCancel(parent)
	go wait(ctx)
	return &Results{rows: rows, cancel: cancel}
}

// Next returns the next result, and io.EOF after the last one.
func (r *Results) Next() (string, error) {
	if len(r.rows) == 0 {
		r.cancel()
		return "", io.EOF
	}
	row := r.rows[0]
	r.rows = r.rows[1:]
	return row, nil
}

// Close ends the results.
func (r *Results) Close() { r.cancel() }

// DrainedClean reads to the end.
func DrainedClean(ctx context.Context) (n int) {
	r := Find(ctx, "a", "b")
	for {
		if _, err := r.Next(); err != nil {
			return n
		}
		n++
	}
}

// FirstClean reads one result, and closes.
func FirstClean(ctx context.Context) (string, error) {
	r := Find(ctx, "a", "b")
	defer r.Close()
	return r.Next()
}
