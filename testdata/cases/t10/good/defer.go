// Package linger cancels contexts some time after their users are done.
package linger

import (
	"context"
	"sync"
	"time"
)

// Linger runs f, whose context stays for the grace time after it returns.
func Linger(parent context.Context, grace time.Duration, f func(ctx context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	defer time.AfterFunc(grace, cancel)
	return f(ctx)
}

// Janitor cancels in the background.
type Janitor struct {
	queue chan context.CancelFunc
	done  chan struct{}
}

// NewJanitor starts a janitor.
func NewJanitor() *Janitor {
	j := &Janitor{queue: make(chan context.CancelFunc, 16), done: make(chan struct{})}
	go func() {
		defer close(j.done)
		for cancel := range j.queue {
			cancel()
		}
	}()
	return j
}

// Do runs f and lets the janitor end its context.
func (j *Janitor) Do(parent context.Context, f func(ctx context.Context)) {
	ctx, cancel := context.WithCancel(parent)
	f(ctx)
	j.queue <- cancel
}

// Close waits until everything is cancelled.
func (j *Janitor) Close() {
	close(j.queue)
	<-j.done
}

type beat struct {
	timer  *time.Timer
	cancel context.CancelFunc
}

// Beats end the contexts of clients that are silent.
type Beats struct {
	ttl   time.Duration
	mu    sync.Mutex
	beats map[string]*beat
}

// NewBeats returns an empty set.
func NewBeats(ttl time.Duration) *Beats { return &Beats{ttl: ttl, beats: make(map[string]*beat)} }

// Beat keeps a client, or begins to serve it.
func (b *Beats) Beat(parent context.Context, client string, serve func(ctx context.Context)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if old, ok := b.beats[client]; ok && old.timer.Stop() {
		old.timer.Reset(b.ttl)
		return
	}
	ctx, cancel := context.WithCancel(parent)
	n := &beat{cancel: cancel}
	n.timer = time.AfterFunc(b.ttl, func() { b.expire(client, n) })
	b.beats[client] = n
	go serve(ctx)
}

func (b *Beats) expire(client string, n *beat) {
	n.cancel()
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.beats[client] == n {
		delete(b.beats, client)
	}
}

// Remove ends a client at once.
func (b *Beats) Remove(client string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n, ok := b.beats[client]; ok {
		n.timer.Stop()
		n.cancel()
		delete(b.beats, client)
	}
}

// Round cancels all contexts of a round at its end.
type Round struct {
	mu      sync.Mutex
	cancels []context.CancelFunc
}

// Context returns a context that ends with the round.
func (r *Round) Context(parent context.Context) context.Context {
	ctx, cancel := context.WithCancel(parent)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cancels = append(r.cancels, cancel)
	return ctx
}

// End ends the round and begins the next.
func (r *Round) End() {
	r.mu.Lock()
	cancels := r.cancels
	r.cancels = nil
	r.mu.Unlock()
	for _, cancel := range cancels {
		cancel()
	}
}
