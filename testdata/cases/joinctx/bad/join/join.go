// Package join merges contexts.
package join

import "context"

// Contexts returns a child of a that is done as soon as b is done, too. The
// caller must call the function when it no longer needs the context.
func Contexts(a, b context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(a)
	unhook := context.AfterFunc(b, func() { cancel(context.Cause(b)) })
	return ctx, func() {
		unhook()
		cancel(context.Canceled)
	}
}
