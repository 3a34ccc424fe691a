package stored

// Silent on a context that is stored next to its own cancel, in an owner that releases it.

import (
	"context"
	"net/http"
	"sync"
)

// Stream is an owner: Close ends its context.
type Stream struct {
	ctx    context.Context
	cancel context.CancelFunc
}

// Close ends the stream.
func (s *Stream) Close() { s.cancel() }

// Streams holds streams by their name.
type Streams struct {
	mu      sync.Mutex
	streams map[string]*Stream
	ctxs    map[string]context.Context
}

// NewStreams returns no streams.
func NewStreams() *Streams {
	return &Streams{streams: make(map[string]*Stream), ctxs: make(map[string]context.Context)}
}

// OpenClean opens a stream under the request's context, and closes the one that had its name.
func (s *Streams) OpenClean(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := r.FormValue("stream")
	if old := s.streams[name]; old != nil {
		old.Close()
	}
	ctx, cancel := context.WithCancel(r.Context())
	s.streams[name] = &Stream{ctx: ctx, cancel: cancel}
}

// OpenLeaks keeps the request's context beside it.
func (s *Streams) OpenLeaks(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := r.FormValue("stream")
	if old := s.streams[name]; old != nil {
		old.Close()
	}
	ctx, cancel := context.WithCancel(r.Context())
	s.streams[name] = &Stream{ctx: ctx, cancel: cancel}
	s.ctxs[name] = r.Context() // want `\[stored\]`
}

// CloseClean closes a stream.
func (s *Streams) CloseClean(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if st := s.streams[name]; st != nil {
		st.Close()
		delete(s.streams, name)
	}
}

// Alive reports whether the request that a stream was opened by goes on.
func (s *Streams) Alive(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx := s.ctxs[name]
	return ctx != nil && ctx.Err() == nil
}

// Player plays one piece at a time.
type Player struct {
	mu     sync.Mutex
	ctx    context.Context
	cancel context.CancelFunc
}

// PlayClean ends the piece before, and keeps the context of the new one with its cancel function.
func (p *Player) PlayClean(ctx context.Context, play func(context.Context)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cancel != nil {
		p.cancel()
	}
	p.ctx, p.cancel = context.WithCancel(ctx)
	go play(p.ctx)
}

// Stop ends the piece.
func (p *Player) Stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cancel != nil {
		p.cancel()
	}
}
