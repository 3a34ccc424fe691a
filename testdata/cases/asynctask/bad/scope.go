package async

import (
	"context"
	"errors"
	"time"
)

// ErrSlow is the cause of a task's context that has passed its limit.
var ErrSlow = errors.New("task is too slow")

type scope struct {
	ctx    context.Context
	cancel context.CancelFunc
	began  time.Time
}

func newScope(ctx context.Context, limit time.Duration) scope {
	s := scope{began: time.Now()}
	s.ctx, s.cancel = context.WithTimeoutCause(ctx, limit, ErrSlow) // LEAK
	return s
}

func (s *scope) took() time.Duration { return time.Since(s.began) }
