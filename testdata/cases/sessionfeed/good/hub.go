// Package hub feeds events to the sessions of users.
package hub

import (
	"context"
	"errors"
	"sync"
)

// ErrGone is returned for a session that has been logged out.
var ErrGone = errors.New("session is gone")

// Source sends the events of a topic until ctx is done, then closes the
// channel.
type Source func(ctx context.Context, topic string) <-chan string

type session struct {
	mu     sync.Mutex
	topic  string
	gone   bool
	cancel context.CancelFunc
}

// unfollow ends the feed of s, if any. s.mu must be held.
func (s *session) unfollow() {
	if s.cancel != nil {
		s.cancel()
		s.cancel = nil
	}
}

// Hub holds the sessions.
type Hub struct {
	ctx      context.Context
	quit     context.CancelFunc
	source   Source
	sessions sync.Map // id → *session
}

// New returns a hub that ends with ctx.
func New(ctx context.Context, source Source) *Hub {
	h := &Hub{source: source}
	h.ctx, h.quit = context.WithCancel(ctx)
	return h
}

// Follow sends the events of topic to the session, in place of those of the
// topic before.
func (h *Hub) Follow(id, topic string, send func(topic, event string)) error {
	v, _ := h.sessions.LoadOrStore(id, new(session))
	s := v.(*session)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gone {
		return ErrGone
	}
	if s.cancel != nil && s.topic == topic {
		return nil
	}
	s.unfollow()
	ctx, cancel := context.WithCancel(h.ctx)
	s.topic, s.cancel = topic, cancel
	go func() {
		for e := range h.source(ctx, topic) {
			send(topic, e)
		}
	}()
	return nil
}

// Logout ends a session.
func (h *Hub) Logout(id string) {
	v, ok := h.sessions.LoadAndDelete(id)
	if !ok {
		return
	}
	s := v.(*session)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gone = true
	s.unfollow()
}

// Close ends all feeds.
func (h *Hub) Close() { h.quit() }
