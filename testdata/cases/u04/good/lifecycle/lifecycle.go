// Package lifecycle closes parts in the reverse order of their start.
package lifecycle

import (
	"errors"
	"fmt"
	"io"
	"sync"
)

type part struct {
	name string
	io.Closer
}

// Group is a list of started parts.
type Group struct {
	mu    sync.Mutex
	parts []part
}

// Add puts a part on the list.
func (g *Group) Add(name string, c io.Closer) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.parts = append(g.parts, part{name, c})
}

// Shutdown closes all parts.
func (g *Group) Shutdown() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	var errs []error
	for n := len(g.parts); n > 0; n-- {
		p := g.parts[n-1]
		if err := p.Close(); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", p.name, err))
		}
	}
	g.parts = nil
	return errors.Join(errs...)
}
