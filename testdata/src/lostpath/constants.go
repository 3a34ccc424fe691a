package lostpath

// Constants are told apart however long they are, and whatever they have in
// common.

import "context"

const (
	rangeMethod  = "/database.server.v1.KeyValue/Range"
	deleteMethod = "/database.server.v1.KeyValue/Delete"
)

// MethodLeaks cancels for one method, and forgets another.
func MethodLeaks(ctx context.Context, method string, do func(context.Context)) {
	ctx, cancel := context.WithCancel(ctx) // want `\[lostpath\]`
	if method == rangeMethod {
		cancel()
		return
	}
	if method != deleteMethod {
		do(ctx)
		cancel()
	}
}

func MethodClean(ctx context.Context, method string, do func(context.Context)) {
	ctx, cancel := context.WithCancel(ctx)
	if method == rangeMethod {
		cancel()
		return
	}
	if method != rangeMethod {
		do(ctx)
		cancel()
	}
}
