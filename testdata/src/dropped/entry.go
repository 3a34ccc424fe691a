package dropped

// A map entry that holds a live cancel is deleted without calling it.

import (
	"context"
	"log"
	"maps"
	"sync"
	"time"
)

// Registry holds the cancel functions of what runs, by key.
type Registry struct {
	mu      sync.Mutex
	cancels map[string]context.CancelFunc
}

// NewRegistry returns an empty registry.
func NewRegistry() *Registry {
	return &Registry{cancels: make(map[string]context.CancelFunc)}
}

// Start starts the work of key, and ends what was started for it before.
func (r *Registry) Start(parent context.Context, key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if old, ok := r.cancels[key]; ok {
		old()
	}
	ctx, cancel := context.WithCancel(parent)
	r.cancels[key] = cancel
	go work(ctx)
}

// ForgetLeaks forgets key while its work goes on.
func (r *Registry) ForgetLeaks(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.cancels, key) // want `\[dropped\]`
}

// StopClean ends the work of key, and forgets it.
func (r *Registry) StopClean(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if cancel, ok := r.cancels[key]; ok {
		cancel()
	}
	delete(r.cancels, key)
}

// StopAfterClean forgets key first.
func (r *Registry) StopAfterClean(key string) {
	r.mu.Lock()
	cancel, ok := r.cancels[key]
	delete(r.cancels, key)
	r.mu.Unlock()
	if ok {
		cancel()
	}
}

// LookedUpLeaks looks the entry up and has no use for it but a word in the log.
func (r *Registry) LookedUpLeaks(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.cancels[key]; ok {
		log.Printf("%s is gone", key)
		delete(r.cancels, key) // want `\[dropped\]`
	}
}

// DeferredClean defers the call of what it has removed.
func (r *Registry) DeferredClean(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if cancel, ok := r.cancels[key]; ok {
		defer cancel()
		delete(r.cancels, key)
	}
}

// QuietLeaks calls the cancel function on one branch only.
func (r *Registry) QuietLeaks(key string, quiet bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	cancel, ok := r.cancels[key]
	if !ok {
		return
	}
	if !quiet {
		log.Printf("%s ends", key)
		cancel()
	}
	delete(r.cancels, key) // want `\[dropped\]`
}

// QuietClean calls it on both.
func (r *Registry) QuietClean(key string, quiet bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	cancel, ok := r.cancels[key]
	if !ok {
		return
	}
	if !quiet {
		log.Printf("%s ends", key)
	}
	cancel()
	delete(r.cancels, key)
}

// OtherKeyLeaks calls one entry and deletes another.
func (r *Registry) OtherKeyLeaks(key, other string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if key == other {
		return
	}
	if cancel, ok := r.cancels[key]; ok {
		cancel()
	}
	delete(r.cancels, other) // want `\[dropped\]`
}

// HelperClean ends the work of key through a helper.
func (r *Registry) HelperClean(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	stop(r.cancels[key])
	delete(r.cancels, key)
}

func stop(cancel context.CancelFunc) {
	if cancel != nil {
		cancel()
	}
}

// TakeClean hands the cancel function of key to the caller.
func (r *Registry) TakeClean(key string) context.CancelFunc {
	r.mu.Lock()
	defer r.mu.Unlock()
	cancel := r.cancels[key]
	delete(r.cancels, key)
	return cancel
}

// Seen keeps the keys of what has ended, with nil in place of the function.
type Seen struct {
	mu      sync.Mutex
	cancels map[string]context.CancelFunc
}

// NewSeen returns an empty one.
func NewSeen() *Seen { return &Seen{cancels: make(map[string]context.CancelFunc)} }

// Start starts the work of key, unless it has been before.
func (s *Seen) Start(parent context.Context, key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.cancels[key]; ok {
		return
	}
	ctx, cancel := context.WithCancel(parent)
	s.cancels[key] = cancel
	go work(ctx)
}

// NilLeaks stores nil over the function.
func (s *Seen) NilLeaks(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cancels[key] = nil // want `\[dropped\]`
}

// NilClean calls it before.
func (s *Seen) NilClean(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if cancel := s.cancels[key]; cancel != nil {
		cancel()
	}
	s.cancels[key] = nil
}

type lease struct {
	ctx    context.Context
	until  time.Time
	cancel context.CancelFunc
}

// Leases holds leases that expire.
type Leases struct {
	mu     sync.Mutex
	leases map[string]lease
}

// NewLeases returns no leases.
func NewLeases() *Leases { return &Leases{leases: make(map[string]lease)} }

// Grant grants a lease on key, and ends the one there was.
func (l *Leases) Grant(parent context.Context, key string, d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if old, ok := l.leases[key]; ok {
		old.cancel()
	}
	ctx, cancel := context.WithCancel(parent)
	l.leases[key] = lease{ctx: ctx, until: time.Now().Add(d), cancel: cancel}
	go work(ctx)
}

// ExpireLeaks removes what is over, and leaves its work running.
func (l *Leases) ExpireLeaks(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for key, lease := range l.leases {
		if now.After(lease.until) {
			delete(l.leases, key) // want `\[dropped\]`
		}
	}
}

// ExpireClean ends it, too.
func (l *Leases) ExpireClean(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for key, lease := range l.leases {
		if now.After(lease.until) {
			lease.cancel()
			delete(l.leases, key)
		}
	}
}

// SweepClean removes leases whose context is done already.
func (l *Leases) SweepClean() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for key, lease := range l.leases {
		if lease.ctx.Err() != nil {
			delete(l.leases, key)
		}
	}
}

// FilterClean cancels in the function that decides what is deleted.
func (l *Leases) FilterClean(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	maps.DeleteFunc(l.leases, func(_ string, lease lease) bool {
		if now.Before(lease.until) {
			return false
		}
		lease.cancel()
		return true
	})
}

var (
	globalMu sync.Mutex
	running  = make(map[string]context.CancelFunc)
)

// StartGlobal starts the work called name, unless it is running.
func StartGlobal(parent context.Context, name string) {
	globalMu.Lock()
	defer globalMu.Unlock()
	if _, ok := running[name]; ok {
		return
	}
	ctx, cancel := context.WithCancel(parent)
	running[name] = cancel
	go work(ctx)
}

// ForgetGlobalLeaks forgets the work called name.
func ForgetGlobalLeaks(name string) {
	globalMu.Lock()
	defer globalMu.Unlock()
	delete(running, name) // want `\[dropped\]`
}

// StopGlobalClean ends it before.
func StopGlobalClean(name string) {
	globalMu.Lock()
	defer globalMu.Unlock()
	if cancel := running[name]; cancel != nil {
		cancel()
		delete(running, name)
	}
}
