// Package sessions keeps the participants of rooms.
package sessions

import (
	"context"
	"errors"
	"sync"
	"time"
)

// ErrUnknown is returned for a session that does not exist.
var ErrUnknown = errors.New("unknown session")

type session struct {
	user   string
	seen   time.Time
	inbox  chan []byte
	cancel context.CancelFunc
}

// Table is a set of sessions.
type Table struct {
	ctx  context.Context
	stop context.CancelFunc
	idle time.Duration

	mu       sync.RWMutex
	sessions map[string]*session
}

// NewTable returns a table that forgets sessions after idle.
func NewTable(parent context.Context, idle time.Duration) *Table {
	ctx, stop := context.WithCancel(parent)
	t := &Table{ctx: ctx, stop: stop, idle: idle, sessions: map[string]*session{}}
	go t.sweep()
	return t
}

// Join opens a session whose messages go to deliver.
func (t *Table) Join(id, user string, deliver func(ctx context.Context, msg []byte)) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.sessions[id]; ok {
		return errors.New("session exists")
	}
	ctx, cancel := context.WithCancel(t.ctx)
	s := &session{user: user, seen: time.Now(), inbox: make(chan []byte, 16), cancel: cancel}
	t.sessions[id] = s
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case msg := <-s.inbox:
				deliver(ctx, msg)
			}
		}
	}()
	return nil
}

// Send passes a message to a session, unless its inbox is full.
func (t *Table) Send(id string, msg []byte) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	s, ok := t.sessions[id]
	if !ok {
		return ErrUnknown
	}
	s.seen = time.Now()
	select {
	case s.inbox <- msg:
		return nil
	default:
		return errors.New("inbox is full")
	}
}

// Leave closes a session.
func (t *Table) Leave(id string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	s, ok := t.sessions[id]
	if !ok {
		return ErrUnknown
	}
	s.cancel()
	delete(t.sessions, id)
	return nil
}

func (t *Table) sweep() {
	tick := time.NewTicker(t.idle / 2)
	defer tick.Stop()
	for {
		select {
		case <-t.ctx.Done():
			return
		case now := <-tick.C:
			t.mu.Lock()
			for id, s := range t.sessions {
				if now.Sub(s.seen) > t.idle {
					s.cancel()
					delete(t.sessions, id)
				}
			}
			t.mu.Unlock()
		}
	}
}

// Close ends all sessions.
func (t *Table) Close() { t.stop() }
