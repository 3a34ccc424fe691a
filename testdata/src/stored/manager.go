package stored

// "Taken back": a helper keeps the request's context, and the handler has it removed.

import (
	"context"
	"net/http"
	"sync"
)

type nameKey struct{}

// Manager has a context for each request.
type Manager struct {
	mu   sync.Mutex
	ctxs map[*http.Request]context.Context
}

func (m *Manager) ofClean(r *http.Request) context.Context {
	m.mu.Lock()
	defer m.mu.Unlock()
	ctx := context.WithValue(r.Context(), nameKey{}, r.Host)
	m.ctxs[r] = ctx
	return ctx
}

func (m *Manager) remove(r *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.ctxs, r)
}

func (m *Manager) ServeClean(w http.ResponseWriter, r *http.Request, serve func(context.Context)) {
	defer m.remove(r)
	serve(m.ofClean(r))
}

// Forgetful has a handler that does not.
type Forgetful struct {
	mu   sync.Mutex
	ctxs map[*http.Request]context.Context
}

func (m *Forgetful) ofLeaks(r *http.Request) context.Context {
	m.mu.Lock()
	defer m.mu.Unlock()
	ctx := context.WithValue(r.Context(), nameKey{}, r.Host)
	m.ctxs[r] = ctx // want `\[stored\]`
	return ctx
}

func (m *Forgetful) remove(r *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.ctxs, r)
}

func (m *Forgetful) ServeClean(w http.ResponseWriter, r *http.Request, serve func(context.Context)) {
	defer m.remove(r)
	serve(m.ofLeaks(r))
}

func (m *Forgetful) HealthLeaks(w http.ResponseWriter, r *http.Request) {
	if m.ofLeaks(r).Value(nameKey{}) == nil {
		w.WriteHeader(http.StatusBadRequest)
	}
}
