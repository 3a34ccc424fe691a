package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// A progress tells people who wait how far a run is. Nil tells nothing.
type progress struct {
	w     io.Writer
	start time.Time

	mu    sync.Mutex
	last  time.Time
	shown bool
}

const (
	patience = 2 * time.Second        // a run that takes less is over before anybody wonders
	tick     = 200 * time.Millisecond // between two updates
)

// newProgress returns nil unless people read w.
func newProgress(w io.Writer) *progress {
	if !onTerminal(w) || os.Getenv("CI") != "" {
		return nil
	}
	return &progress{w: w, start: time.Now()}
}

// update says that done packages of all are finished.
func (p *progress) update(done, all int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if now.Sub(p.start) < patience || now.Sub(p.last) < tick {
		return
	}
	p.last, p.shown = now, true
	fmt.Fprintf(p.w, "\r\x1b[Kctxleak: %d of %d packages", done, all)
}

// end removes what was shown.
func (p *progress) end() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
