// Package downloads runs downloads one after the other.
package downloads

import (
	"context"
	"errors"
	"log/slog"
)

// ErrClosed is returned by a manager that has ended.
var ErrClosed = errors.New("download manager has ended")

type download struct {
	ctx    context.Context
	cancel context.CancelFunc
	url    string
	done   func(error)
}

// Manager runs downloads.
type Manager struct {
	fetch  func(ctx context.Context, url string) error
	queue  chan download
	aborts chan string
	quit   chan struct{}
	limit  int
}

// New returns a manager whose Run must be called.
func New(limit int, fetch func(context.Context, string) error) *Manager {
	return &Manager{
		fetch:  fetch,
		queue:  make(chan download),
		aborts: make(chan string),
		quit:   make(chan struct{}),
		limit:  limit,
	}
}

// Add queues a download that ends with ctx at the latest.
func (m *Manager) Add(ctx context.Context, url string, done func(error)) error {
	ctx, cancel := context.WithCancel(ctx)
	select {
	case m.queue <- download{ctx: ctx, cancel: cancel, url: url, done: done}:
		return nil
	case <-m.quit:
		cancel()
		return ErrClosed
	}
}

// Abort ends the downloads of url.
func (m *Manager) Abort(url string) {
	select {
	case m.aborts <- url:
	case <-m.quit:
	}
}

// Run runs downloads until ctx is done.
func (m *Manager) Run(ctx context.Context) {
	running := make(map[int]download)
	finished := make(chan int)
	serial := 0
	defer func() {
		close(m.quit)
		for _, d := range running {
			d.cancel()
		}
		for range len(running) {
			<-finished
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return
		case d := <-m.queue:
			if len(running) >= m.limit {
				slog.WarnContext(ctx, "too many downloads", "url", d.url)
				d.cancel()
				d.done(errors.New("too many downloads"))
				continue
			}
			serial++
			id := serial
			running[id] = d
			go func() {
				d.done(m.fetch(d.ctx, d.url))
				finished <- id
			}()
		case id := <-finished:
			running[id].cancel()
			delete(running, id)
		case url := <-m.aborts:
			for _, d := range running {
				if d.url == url {
					d.cancel()
				}
			}
		}
	}
}
