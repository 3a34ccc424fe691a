// Package apart has facts that depend on functions to which, by their types alone,
// nothing to release can be given; and others on which none depends.
package apart

import "context"

// Worker owns a context.
type Worker struct {
	ctx    context.Context
	cancel context.CancelFunc
	kind   int
}

// New makes an owner.
func New(parent context.Context) *Worker { // want New:`^owes result 0 \(context\.WithCancel\) until Close$`
	w := &Worker{}
	w.ctx, w.cancel = context.WithCancel(parent)
	return w
}

// Close releases it.
func (w *Worker) Close() error { // want Close:`^releases argument 0$`
	w.cancel()
	return nil
}

type closer interface{ Close() error }

// Finish releases it, by a function that is given a closer.
func Finish(w *Worker) { finish(w) } // want Finish:`^releases argument 0$`

func finish(c closer) { c.Close() }

// Show leaves it alone: so does a function that is given a closer.
func Show(w *Worker) { show(w) } // want Show:`^ignores argument 0$`

func show(c closer) { println(c) }

// Fatal never returns, nor does what it calls.
func Fatal() { fatal() } // want Fatal:`^never returns$`

func fatal() {
	for {
		count("fatal")
	}
}

// Count has no fact, and none depends on it.
func Count(words ...string) (n int) {
	for _, w := range words {
		n += count(w)
	}
	return n
}

func count(word string) int {
	if word == "" {
		panic("no word")
	}
	return len(word)
}
