package dropped

// An owner, whose Close cancels, is taken out of the place that holds it without being closed.

import (
	"context"
	"errors"
	"io"
	"log"
	"sync"
)

// Worker works until it is closed.
type Worker struct {
	name   string
	cancel context.CancelFunc
}

// NewWorker starts a worker.
func NewWorker(parent context.Context, name string) *Worker {
	ctx, cancel := context.WithCancel(parent)
	go work(ctx)
	return &Worker{name: name, cancel: cancel}
}

// Close ends the worker.
func (w *Worker) Close() { w.cancel() }

// Pool holds workers by name, and one that is spare.
type Pool struct {
	mu      sync.Mutex
	workers map[string]*Worker
	all     []*Worker
	spare   *Worker
}

// NewPool returns a pool without workers.
func NewPool() *Pool { return &Pool{workers: make(map[string]*Worker)} }

// Add adds a worker, and closes the one that had this name before.
func (p *Pool) Add(parent context.Context, name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if old := p.workers[name]; old != nil {
		old.Close()
	}
	p.workers[name] = NewWorker(parent, name)
}

// RemoveLeaks removes the worker called name.
func (p *Pool) RemoveLeaks(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.workers, name) // want `\[dropped\]`
}

// RemoveClean closes it before.
func (p *Pool) RemoveClean(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if w := p.workers[name]; w != nil {
		w.Close()
	}
	delete(p.workers, name)
}

// RemoveAfterClean closes it right after.
func (p *Pool) RemoveAfterClean(name string) {
	p.mu.Lock()
	w, ok := p.workers[name]
	delete(p.workers, name)
	p.mu.Unlock()
	if !ok {
		return
	}
	w.Close()
}

// LoggedLeaks uses the worker once more, but doesn't close it.
func (p *Pool) LoggedLeaks(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if w, ok := p.workers[name]; ok {
		log.Print("removing ", w.name)
		delete(p.workers, w.name) // want `\[dropped\]`
	}
}

// EvictClean hands the worker to a helper that closes it.
func (p *Pool) EvictClean(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if w, ok := p.workers[name]; ok {
		evict(w)
		delete(p.workers, name)
	}
}

func evict(w *Worker) {
	log.Print("evicting ", w.name)
	w.Close()
}

// AddSpare adds a spare worker, unless there is one.
func (p *Pool) AddSpare(parent context.Context) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.spare == nil {
		p.spare = NewWorker(parent, "spare")
	}
}

// NoSpareLeaks does without a spare worker from now on.
func (p *Pool) NoSpareLeaks() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.spare = nil // want `\[dropped\]`
}

// NoSpareClean closes it before.
func (p *Pool) NoSpareClean() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.spare != nil {
		p.spare.Close()
		p.spare = nil
	}
}

// PromoteClean moves the spare worker to the others.
func (p *Pool) PromoteClean() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.spare != nil {
		p.all = append(p.all, p.spare)
		p.spare = nil
	}
}

// ResetLeaks forgets the promoted workers.
func (p *Pool) ResetLeaks() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all = p.all[:0] // want `\[dropped\]`
}

// ResetClean closes them before.
func (p *Pool) ResetClean() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, w := range p.all {
		w.Close()
	}
	p.all = p.all[:0]
}

// CloseClean closes all workers.
func (p *Pool) CloseClean() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for name, w := range p.workers {
		w.Close()
		delete(p.workers, name)
	}
	for _, w := range p.all {
		w.Close()
	}
	p.all = nil
	if p.spare != nil {
		p.spare.Close()
	}
	p.spare = nil
}

// Stream is an owner that may be closed more than once.
type Stream struct {
	once   sync.Once
	cancel context.CancelFunc
}

// NewStream starts a stream.
func NewStream(parent context.Context) *Stream {
	ctx, cancel := context.WithCancel(parent)
	go work(ctx)
	return &Stream{cancel: cancel}
}

// Close ends the stream.
func (s *Stream) Close() error {
	s.once.Do(s.cancel)
	return nil
}

// Streams holds streams by the number of their connection.
type Streams struct {
	mu      sync.Mutex
	streams map[int]*Stream
}

// NewStreams returns no streams.
func NewStreams() *Streams { return &Streams{streams: make(map[int]*Stream)} }

// Open opens stream i, unless it is open.
func (s *Streams) Open(parent context.Context, i int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.streams[i]; !ok {
		s.streams[i] = NewStream(parent)
	}
}

// HangUpLeaks removes stream i.
func (s *Streams) HangUpLeaks(i int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.streams, i) // want `\[dropped\]`
}

// HangUpClean closes it as an io.Closer.
func (s *Streams) HangUpClean(i int) error {
	s.mu.Lock()
	st, ok := s.streams[i]
	delete(s.streams, i)
	s.mu.Unlock()
	if !ok {
		return nil
	}
	return closeAll(st)
}

func closeAll(closers ...io.Closer) error {
	var errs []error
	for _, c := range closers {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}
