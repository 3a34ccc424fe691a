// Package login keeps the sessions of users.
package login

import (
	"context"
	"crypto/rand"
	"net/http"
	"sync"
	"time"
)

// Directory knows all users.
type Directory interface {
	Check(ctx context.Context, user, password string) error
	Groups(ctx context.Context, user string) ([]string, error)
}

type session struct {
	user   string
	ctx    context.Context
	groups []string
	until  time.Time
}

// refresh asks again for the user's groups.
func (s *session) refresh(dir Directory) error {
	groups, err := dir.Groups(s.ctx, s.user)
	if err == nil {
		s.groups, s.until = groups, time.Now().Add(time.Minute)
	}
	return err
}

// Handler serves logins and guards other handlers.
type Handler struct {
	Dir Directory

	mu       sync.Mutex
	sessions map[string]*session
}

// Login begins a session.
func (h *Handler) Login(w http.ResponseWriter, r *http.Request) {
	user := r.PostFormValue("user")
	if err := h.Dir.Check(r.Context(), user, r.PostFormValue("password")); err != nil {
		http.Error(w, "wrong user or password", http.StatusUnauthorized)
		return
	}
	token := rand.Text()
	s := &session{user: user, ctx: r.Context()} // LEAK
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.sessions == nil {
		h.sessions = make(map[string]*session)
	}
	h.sessions[token] = s // LEAK
	http.SetCookie(w, &http.Cookie{Name: "session", Value: token, HttpOnly: true, Secure: true})
}

// Guard lets only users with a session pass.
func (h *Handler) Guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := r.Cookie("session")
		if err != nil || !h.valid(r.Context(), c.Value) {
			http.Error(w, "log in first", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (h *Handler) valid(ctx context.Context, token string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	s, ok := h.sessions[token]
	if !ok || ctx.Err() != nil {
		return false
	}
	return time.Now().Before(s.until) || s.refresh(h.Dir) == nil
}

// Logout ends a session.
func (h *Handler) Logout(token string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.sessions, token)
}
