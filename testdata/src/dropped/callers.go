package dropped

// Who deletes the entry and who calls its cancel are different functions: a goroutine, the callers of a helper.

import (
	"context"
	"log"
	"sync"
	"time"
)

// Scheduled runs jobs that remove themselves.
type Scheduled struct {
	mu      sync.Mutex
	cancels map[int]context.CancelFunc
	next    int
}

// NewScheduled returns an empty schedule.
func NewScheduled() *Scheduled { return &Scheduled{cancels: make(map[int]context.CancelFunc)} }

// RunClean starts f in a goroutine that cancels its own context, and then removes the entry.
func (s *Scheduled) RunClean(parent context.Context, f func(context.Context)) int {
	ctx, cancel := context.WithCancel(parent)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	id := s.next
	s.cancels[id] = cancel
	go func() {
		defer cancel()
		defer s.removeClean(id)
		f(ctx)
	}()
	return id
}

func (s *Scheduled) removeClean(id int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.cancels, id)
}

// Interrupt ends job id.
func (s *Scheduled) Interrupt(id int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if cancel, ok := s.cancels[id]; ok {
		cancel()
	}
}

// Unscheduled runs jobs whose goroutine removes the entry, but nobody cancels the context.
type Unscheduled struct {
	mu      sync.Mutex
	cancels map[int]context.CancelFunc
	next    int
}

// NewUnscheduled returns an empty one.
func NewUnscheduled() *Unscheduled { return &Unscheduled{cancels: make(map[int]context.CancelFunc)} }

// Run starts f in a goroutine, and removes the entry when it is done.
func (u *Unscheduled) Run(parent context.Context, f func(context.Context)) int {
	ctx, cancel := context.WithCancel(parent)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.next++
	id := u.next
	u.cancels[id] = cancel
	go func() {
		defer u.removeLeaks(id)
		f(ctx)
	}()
	return id
}

func (u *Unscheduled) removeLeaks(id int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.cancels, id) // want `\[dropped\]`
}

// Interrupt ends job id.
func (u *Unscheduled) Interrupt(id int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if cancel, ok := u.cancels[id]; ok {
		cancel()
	}
}

// Sessions are stopped by all who forget them.
type Sessions struct {
	cancels map[string]context.CancelFunc
}

// NewSessions returns no sessions.
func NewSessions() *Sessions { return &Sessions{cancels: make(map[string]context.CancelFunc)} }

// Open opens session id, and ends the one that had this id before.
func (s *Sessions) Open(parent context.Context, id string) {
	s.stop(id)
	ctx, cancel := context.WithCancel(parent)
	s.cancels[id] = cancel
	go work(ctx)
}

func (s *Sessions) stop(id string) {
	if cancel, ok := s.cancels[id]; ok {
		cancel()
	}
}

// forgetClean is called after stop by all callers.
func (s *Sessions) forgetClean(id string) { delete(s.cancels, id) }

// Close ends session id.
func (s *Sessions) Close(id string) {
	s.stop(id)
	s.forgetClean(id)
}

// Kick ends session id and says so.
func (s *Sessions) Kick(id string) {
	s.stop(id)
	log.Printf("kicked %s", id)
	s.forgetClean(id)
}

// Visitors are forgotten by one caller that stops them and one that doesn't.
type Visitors struct {
	cancels map[string]context.CancelFunc
}

// NewVisitors returns no visitors.
func NewVisitors() *Visitors { return &Visitors{cancels: make(map[string]context.CancelFunc)} }

// Open lets visitor id in, and ends the one that had this id before.
func (v *Visitors) Open(parent context.Context, id string) {
	v.stop(id)
	ctx, cancel := context.WithCancel(parent)
	v.cancels[id] = cancel
	go work(ctx)
}

func (v *Visitors) stop(id string) {
	if cancel, ok := v.cancels[id]; ok {
		cancel()
	}
}

// forgetLeaks is called after stop by Close alone.
func (v *Visitors) forgetLeaks(id string) {
	delete(v.cancels, id) // want `\[dropped\]`
}

// Close ends visitor id.
func (v *Visitors) Close(id string) {
	v.stop(id)
	v.forgetLeaks(id)
}

// Kick forgets visitor id and says so.
func (v *Visitors) Kick(id string) {
	log.Printf("kicked %s", id)
	v.forgetLeaks(id)
}

// A guest is kept by its host, who forgets it only where it is still the same.
type guest struct {
	cancel context.CancelFunc
}

// Host keeps guests.
type Host struct {
	guests map[string]*guest
}

// Welcome lets a guest in, once for each name.
func (h *Host) Welcome(parent context.Context, name string) *guest {
	if g, ok := h.guests[name]; ok {
		return g
	}
	g := &guest{}
	ctx, cancel := context.WithCancel(parent)
	g.cancel = cancel
	h.guests[name] = g
	go work(ctx)
	return g
}

func (g *guest) stop() {
	if g.cancel != nil {
		g.cancel()
	}
}

// LeaveClean stops the guest that it then forgets.
func (g *guest) LeaveClean(h *Host, name string) {
	g.stop()
	g.forgetClean(h, name)
}

// LeaveLaterClean does the same in a function literal.
func (g *guest) LeaveLaterClean(h *Host, name string) {
	time.AfterFunc(time.Second, func() {
		g.stop()
		g.forgetClean(h, name)
	})
}

func (g *guest) forgetClean(h *Host, name string) {
	if h.guests[name] == g {
		delete(h.guests, name)
	}
}

// Evict stops one guest and forgets the other.
func (g *guest) Evict(h *Host, name string, other *guest) {
	g.stop()
	other.forgetLeaks(h, name)
}

func (g *guest) forgetLeaks(h *Host, name string) {
	if h.guests[name] == g {
		delete(h.guests, name) // want `\[dropped\]`
	}
}
