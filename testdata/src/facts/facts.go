// Package facts says what importing packages learn of a function: each want
// comment is the fact about the function on its line.
package facts

import (
	"context"
	"os"
	"time"
)

// WithDefault is a wrapper.
func WithDefault(parent context.Context) (context.Context, context.CancelFunc) { // want WithDefault:`^owes result 1 \(context\.WithTimeout\)$`
	return context.WithTimeout(parent, time.Hour)
}

// Worker owns a context.
type Worker struct {
	ctx    context.Context
	cancel context.CancelFunc
}

// New makes an owner.
func New(parent context.Context) (*Worker, error) { // want New:`^owes result 0 \(context\.WithCancel\) until Close$`
	w := &Worker{}
	w.ctx, w.cancel = context.WithCancel(parent)
	if w.ctx.Err() != nil {
		w.cancel()
		return nil, w.ctx.Err()
	}
	return w, nil
}

// Close releases it.
func (w *Worker) Close() { w.cancel() } // want Close:`^releases argument 0$`

// Do leaves it as it is, as others take methods to do that New has not named.
func (w *Worker) Do(job func(context.Context)) { job(w.ctx) }

// Named does, too, and they must know what it returns.
func (w *Worker) Named(name string) *Worker { // want Named:`^returns argument 0$`
	println(name)
	return w
}

// Use is no method.
func Use(w *Worker) { println(w.ctx) } // want Use:`^ignores argument 0$`

type hidden struct{}

// Finish can only be called through an interface.
func (hidden) Finish(cancel context.CancelFunc) { cancel() }

type shown struct{}

// Finish can be called of what Shown is.
func (shown) Finish(cancel context.CancelFunc) { cancel() } // want Finish:`^releases argument 1$`

// Shown is of a type that others cannot name.
var Shown = new(shown)

type promoted struct{}

// Finish can be called of what embeds it.
func (promoted) Finish(cancel context.CancelFunc) { cancel() } // want Finish:`^releases argument 1$`

// Wrapper embeds it.
type Wrapper struct{ promoted }

// Stop releases it, too.
func Stop(w *Worker) { w.Close() } // want Stop:`^releases argument 0$`

// Finish calls what it is given.
func Finish(name string, cancel context.CancelFunc) { // want Finish:`^releases argument 1$`
	println(name)
	cancel()
}

// Note does not.
func Note(name string, cancel context.CancelFunc) { println(name) } // want Note:`^ignores argument 1$`

// Same returns it.
func Same(cancel context.CancelFunc) context.CancelFunc { return cancel } // want Same:`^returns argument 0$`

var kept context.CancelFunc

// Keep keeps it where others do not see it: nothing is said, so it takes over.
func Keep(cancel context.CancelFunc) { kept = cancel }

// Kept calls what was kept.
func Kept() { kept() }

// Tag always derives anew.
func Tag(ctx context.Context, tag string) context.Context { // want Tag:`^derives from parameter 0; done with parameter 0$`
	return context.WithValue(ctx, Worker{}, tag)
}

// TagOnce does not, but what it returns is done when ctx is.
func TagOnce(ctx context.Context, tag string) context.Context { // want TagOnce:`^done with parameter 0$`
	if ctx.Value(Worker{}) != nil {
		return ctx
	}
	return context.WithValue(ctx, Worker{}, tag)
}

// Die never returns.
func Die(msg string) { // want Die:`^never returns$`
	println(msg)
	os.Exit(1)
}

func unexported(parent context.Context) (context.Context, context.CancelFunc) {
	return context.WithCancel(parent)
}

// Run needs no fact.
func Run(parent context.Context, do func(context.Context)) {
	ctx, cancel := unexported(parent)
	defer cancel()
	do(ctx)
}
