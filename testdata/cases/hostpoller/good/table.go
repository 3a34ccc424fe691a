// Package poller polls hosts on request.
package poller

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// poller is a running poll of one host.
type poller struct {
	every time.Duration
	stop  context.CancelFunc
}

// Table is an http.Handler: PUT /{host}?every=5s starts or changes a poll,
// DELETE /{host} ends it.
type Table struct {
	ctx   context.Context
	close context.CancelFunc
	poll  func(ctx context.Context, host string)

	mu      sync.Mutex
	pollers map[string]poller
}

// NewTable returns a table without hosts.
func NewTable(ctx context.Context, poll func(ctx context.Context, host string)) *Table {
	ctx, cancel := context.WithCancel(ctx)
	return &Table{ctx: ctx, close: cancel, poll: poll, pollers: make(map[string]poller)}
}

// ServeHTTP implements http.Handler.
func (t *Table) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host := r.PathValue("host")
	switch r.Method {
	case http.MethodPut:
		every, err := time.ParseDuration(r.FormValue("every"))
		if err != nil || every < time.Second {
			http.Error(w, "bad interval", http.StatusBadRequest)
			return
		}
		t.put(host, every)
	case http.MethodDelete:
		if !t.remove(host) {
			http.NotFound(w, r)
		}
	default:
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

func (t *Table) put(host string, every time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if old, ok := t.pollers[host]; ok {
		if old.every == every {
			return
		}
		old.stop()
	}
	ctx, stop := context.WithCancel(t.ctx)
	t.pollers[host] = poller{every, stop}
	go t.run(ctx, host, every)
}

func (t *Table) remove(host string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	p, ok := t.pollers[host]
	if ok {
		p.stop()
		delete(t.pollers, host)
	}
	return ok
}

func (t *Table) run(ctx context.Context, host string, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			t.poll(ctx, host)
		}
	}
}

// Close ends all polls.
func (t *Table) Close() { t.close() }
