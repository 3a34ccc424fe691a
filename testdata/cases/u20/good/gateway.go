// Package devices keeps one link per device.
package devices

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
)

// ErrRunning is returned by a gateway that was started before.
var ErrRunning = errors.New("gateway is running")

type link struct {
	serial string
	cancel context.CancelCauseFunc
}

var (
	errReplaced = errors.New("another link of the same device")
	errGone     = errors.New("device is gone")
)

// Gateway keeps links.
type Gateway struct {
	run   atomic.Pointer[context.CancelFunc]
	links sync.Map // serial to *link
	talk  func(ctx context.Context, serial string)
}

// New returns a gateway that talks to each device with talk.
func New(talk func(context.Context, string)) *Gateway { return &Gateway{talk: talk} }

// Start takes devices from arrivals until Stop.
func (g *Gateway) Start(ctx context.Context, arrivals <-chan string) error {
	ctx, cancel := context.WithCancel(ctx)
	if !g.run.CompareAndSwap(nil, &cancel) {
		cancel()
		return ErrRunning
	}
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case serial := <-arrivals:
				g.connect(ctx, serial)
			}
		}
	}()
	return nil
}

func (g *Gateway) connect(parent context.Context, serial string) {
	ctx, cancel := context.WithCancelCause(parent)
	l := &link{serial: serial, cancel: cancel}
	if old, ok := g.links.Swap(serial, l); ok {
		old.(*link).cancel(errReplaced)
	}
	go func() {
		defer cancel(nil)
		g.talk(ctx, serial)
		g.links.CompareAndDelete(serial, l)
	}()
}

// Disconnect ends the link of a device.
func (g *Gateway) Disconnect(serial string) bool {
	v, ok := g.links.LoadAndDelete(serial)
	if ok {
		v.(*link).cancel(errGone)
	}
	return ok
}

// Stop ends the gateway and all links.
func (g *Gateway) Stop() {
	if cancel := g.run.Swap(nil); cancel != nil {
		(*cancel)()
	}
	g.links.Range(func(k, v any) bool {
		g.links.Delete(k)
		v.(*link).cancel(errGone)
		return true
	})
}
