// Package shed holds a bounded queue whose oldest items give way.
package shed

import (
	"context"
	"sync"
	"time"
)

type item struct {
	key    string
	ctx    context.Context
	cancel context.CancelFunc
	work   func(context.Context)
}

// Queue is a bounded queue.
type Queue struct {
	life   context.Context
	end    context.CancelFunc
	limit  int
	expiry time.Duration

	mu    sync.Mutex
	wake  *sync.Cond
	items []*item
	shed  int
}

// New returns a queue of at most limit items. Close must be called.
func New(parent context.Context, limit int, expiry time.Duration) *Queue {
	q := &Queue{limit: limit, expiry: expiry}
	q.life, q.end = context.WithCancel(parent)
	q.wake = sync.NewCond(&q.mu)
	go q.run()
	return q
}

// Put queues work under a context of the queue.
func (q *Queue) Put(key string, work func(context.Context)) {
	ctx, cancel := context.WithTimeout(q.life, q.expiry) // LEAK
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.items) == q.limit {
		q.items = q.items[1:] // LEAK
		q.shed++
	}
	q.items = append(q.items, &item{key: key, ctx: ctx, cancel: cancel, work: work})
	q.wake.Signal()
}

// Drop takes the items of key off the queue.
func (q *Queue) Drop(key string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	kept := make([]*item, 0, len(q.items))
	for _, it := range q.items {
		if it.key == key {
			it.cancel()
			continue
		}
		kept = append(kept, it)
	}
	q.items = kept
}

func (q *Queue) next() *item {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 && q.life.Err() == nil {
		q.wake.Wait()
	}
	if q.life.Err() != nil {
		return nil
	}
	it := q.items[0]
	q.items = q.items[1:]
	return it
}

func (q *Queue) run() {
	for it := q.next(); it != nil; it = q.next() {
		it.work(it.ctx)
		it.cancel()
	}
}

// Close ends the queue and all of its contexts.
func (q *Queue) Close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.end()
	q.wake.Broadcast()
}
