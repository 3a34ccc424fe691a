// Package websession keeps the sessions of users between requests.
package websession

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

const cookie = "sid"

// Session is the state of one user's visit.
type Session struct {
	mu    sync.Mutex
	ctx   context.Context
	id    string
	seen  time.Time
	views int
}

type sessionKey struct{}

// From returns the session of a request's context.
func From(ctx context.Context) *Session {
	s, _ := ctx.Value(sessionKey{}).(*Session)
	return s
}

// Store is a set of sessions.
type Store struct {
	Expired func(ctx context.Context, id string, views int)

	mu       sync.Mutex
	sessions map[string]*Session
}

// NewStore returns an empty store.
func NewStore(expired func(context.Context, string, int)) *Store {
	return &Store{Expired: expired, sessions: make(map[string]*Session)}
}

func (st *Store) session(w http.ResponseWriter, r *http.Request) *Session {
	st.mu.Lock()
	defer st.mu.Unlock()
	if c, err := r.Cookie(cookie); err == nil {
		if s, ok := st.sessions[c.Value]; ok {
			return s
		}
	}
	s := &Session{id: rand.Text()}
	st.sessions[s.id] = s
	http.SetCookie(w, &http.Cookie{Name: cookie, Value: s.id, HttpOnly: true, Secure: true})
	return s
}

// Middleware gives each request its session.
func (st *Store) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := st.session(w, r)
		s.mu.Lock()
		s.ctx = r.Context() // LEAK
		s.seen = time.Now()
		s.views++
		s.mu.Unlock()
		ctx := context.WithValue(r.Context(), sessionKey{}, s)
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// Expire forgets sessions that were idle for a time; it runs until ctx ends.
func (st *Store) Expire(ctx context.Context, idle time.Duration) {
	t := time.NewTicker(idle / 4)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-t.C:
			st.sweep(ctx, now.Add(-idle))
		}
	}
}

func (st *Store) sweep(ctx context.Context, before time.Time) {
	st.mu.Lock()
	defer st.mu.Unlock()
	for id, s := range st.sessions {
		s.mu.Lock()
		if s.seen.Before(before) {
			delete(st.sessions, id)
			slog.DebugContext(ctx, "session expired", "views", s.views)
			st.Expired(s.ctx, id, s.views)
		}
		s.mu.Unlock()
	}
}
