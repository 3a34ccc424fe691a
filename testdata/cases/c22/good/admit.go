// Package admit bounds the number of calls in the background.
package admit

import (
	"context"
	"errors"
	"sync"
	"time"
)

// ErrBusy is returned where there is no room.
var ErrBusy = errors.New("too many calls")

// Call is asynchronous work.
type Call struct {
	Name    string
	Timeout time.Duration
	Do      func(ctx context.Context) error
	Done    func(err error)
}

// Gate admits calls.
type Gate struct {
	life context.Context
	stop context.CancelFunc
	room chan struct{}
	wg   sync.WaitGroup

	mu      sync.Mutex
	running map[string]int
	refused int
}

// NewGate returns a gate for width calls at a time.
func NewGate(parent context.Context, width int) *Gate {
	life, stop := context.WithCancel(parent)
	return &Gate{life: life, stop: stop, room: make(chan struct{}, width), running: map[string]int{}}
}

func (g *Gate) count(name string, by int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.running[name] += by
}

// Go runs c in the background, or returns ErrBusy.
func (g *Gate) Go(c Call) error {
	ctx, cancel := context.WithTimeout(g.life, c.Timeout)
	select {
	case g.room <- struct{}{}:
		g.count(c.Name, 1)
		g.wg.Go(func() {
			defer func() { <-g.room }()
			defer g.count(c.Name, -1)
			defer cancel()
			c.Done(c.Do(ctx))
		})
		return nil
	default:
		cancel()
		g.mu.Lock()
		defer g.mu.Unlock()
		g.refused++
		return ErrBusy
	}
}

// Close ends all calls and waits for them.
func (g *Gate) Close() {
	g.stop()
	g.wg.Wait()
}
