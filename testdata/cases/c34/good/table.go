// Package routes maps hosts to healthy backends.
package routes

import (
	"context"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"time"

	"cases/c34/good/health"
)

type route struct {
	proxy   *httputil.ReverseProxy
	checker *health.Checker
}

// Table is the routing table.
type Table struct {
	ctx    context.Context
	stop   context.CancelFunc
	mu     sync.RWMutex
	routes map[string]*route
}

// NewTable returns an empty table. Close must be called.
func NewTable(parent context.Context) *Table {
	ctx, stop := context.WithCancel(parent)
	return &Table{ctx: ctx, stop: stop, routes: map[string]*route{}}
}

// Reload replaces all routes.
func (t *Table) Reload(backends map[string]*url.URL) {
	routes := make(map[string]*route, len(backends))
	for host, u := range backends {
		routes[host] = &route{
			proxy:   httputil.NewSingleHostReverseProxy(u),
			checker: health.Watch(t.ctx, u.String(), 10*time.Second),
		}
	}
	t.mu.Lock()
	old := t.routes
	t.routes = routes
	t.mu.Unlock()
	for _, r := range old {
		r.checker.Stop()
	}
}

// Follow reloads whenever there are other backends.
func (t *Table) Follow(updates <-chan map[string]*url.URL) {
	for u := range updates {
		t.Reload(u)
	}
}

// ServeHTTP implements http.Handler.
func (t *Table) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	t.mu.RLock()
	r, ok := t.routes[req.Host]
	t.mu.RUnlock()
	if !ok || !r.checker.Up() {
		http.Error(w, "no backend", http.StatusBadGateway)
		return
	}
	r.proxy.ServeHTTP(w, req)
}

// Close ends the checks.
func (t *Table) Close() { t.stop() }
