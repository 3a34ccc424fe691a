// Package sse serves sessions that outlive their requests.
package sse

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"
)

type session struct {
	ctx    context.Context
	cancel context.CancelFunc

	mu    sync.Mutex
	seen  time.Time
	calls int
}

// Dispatch executes a call in a session.
type Dispatch func(ctx context.Context, method string, params json.RawMessage) (any, error)

// Server keeps sessions between requests.
type Server struct {
	dispatch Dispatch
	base     context.Context
	stop     context.CancelFunc

	mu       sync.Mutex
	sessions map[string]*session
}

// New returns a server without sessions. They end with ctx.
func New(ctx context.Context, dispatch Dispatch) *Server {
	s := &Server{dispatch: dispatch, sessions: make(map[string]*session)}
	s.base, s.stop = context.WithCancel(ctx)
	return s
}

func (s *Server) session(id string) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	sess, ok := s.sessions[id]
	if !ok {
		sess = &session{}
		sess.ctx, sess.cancel = context.WithCancel(s.base)
		s.sessions[id] = sess
	}
	return sess
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var call struct {
		Method string
		Params json.RawMessage
	}
	if err := json.NewDecoder(r.Body).Decode(&call); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	sess := s.session(r.Header.Get("Session-Id"))
	sess.mu.Lock()
	defer sess.mu.Unlock()
	sess.seen = time.Now()
	sess.calls++
	v, err := s.dispatch(sess.ctx, call.Method, call.Params)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_ = json.NewEncoder(w).Encode(v)
}

// End ends a session.
func (s *Server) End(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if sess, ok := s.sessions[id]; ok {
		sess.cancel()
		delete(s.sessions, id)
	}
}

// Close ends all sessions.
func (s *Server) Close() { s.stop() }
