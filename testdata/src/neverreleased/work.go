package neverreleased

// What the contexts of the other files are for: work that lasts until they end.

import "context"

func work(ctx context.Context) { <-ctx.Done() }
