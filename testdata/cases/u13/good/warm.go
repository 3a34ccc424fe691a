// Package warm fills caches ahead of use.
package warm

import (
	"context"
	"errors"
	"time"

	"cases/u13/good/task"
)

// Cache can be filled.
type Cache interface {
	Fill(ctx context.Context, key string) error
	Has(key string) bool
}

// Warmer fills a cache.
type Warmer struct {
	Cache Cache
	Limit time.Duration
}

// Hint fills key in the background, unless it is there.
func (w *Warmer) Hint(ctx context.Context, key string) {
	if w.Cache.Has(key) {
		return
	}
	task.Go(ctx, "hint "+key, w.Limit, func(ctx context.Context) error {
		return w.Cache.Fill(ctx, key)
	})
}

// Watch fills what is asked for until there is no more.
func (w *Warmer) Watch(ctx context.Context, keys <-chan string) {
	for key := range keys {
		w.Hint(ctx, key)
	}
}

// Fill fills all keys and waits for the first failure.
func (w *Warmer) Fill(ctx context.Context, keys ...string) error {
	var tasks []*task.Task
	for _, key := range keys {
		tasks = append(tasks, task.Go(ctx, key, w.Limit, func(ctx context.Context) error {
			return w.Cache.Fill(ctx, key)
		}))
	}
	for n, t := range tasks {
		if err := t.Err(); err != nil {
			for _, rest := range tasks[n+1:] {
				rest.Cancel()
			}
			return errors.Join(errors.New(t.Name), err)
		}
	}
	return nil
}
