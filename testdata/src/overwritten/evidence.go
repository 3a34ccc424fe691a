package overwritten

// "A finding that depends on a method being called twice on one object needs
// evidence of repetition": a loop, several call sites, a goroutine per event, a
// handler.

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// feed follows one source at a time.
type feed struct {
	mu     sync.Mutex
	cancel context.CancelFunc
	follow func(context.Context, string)
}

func (f *feed) Stop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.cancel != nil {
		f.cancel()
	}
}

// LoopLeaks stores in a loop of its own.
func (f *feed) LoopLeaks(parent context.Context, sources <-chan string) {
	for src := range sources {
		var ctx context.Context
		ctx, f.cancel = context.WithCancel(parent) // want `\[overwritten\]`
		go f.follow(ctx, src)
	}
}

func (f *feed) LoopClean(parent context.Context, sources <-chan string) {
	for src := range sources {
		if f.cancel != nil {
			f.cancel()
		}
		var ctx context.Context
		ctx, f.cancel = context.WithCancel(parent)
		go f.follow(ctx, src)
	}
}

// SelectLeaks stores in a loop around a select.
func (f *feed) SelectLeaks(parent context.Context, sources <-chan string, quit <-chan struct{}) {
	for {
		select {
		case src := <-sources:
			ctx, cancel := context.WithCancel(parent)
			f.cancel = cancel // want `\[overwritten\]`
			go f.follow(ctx, src)
		case <-quit:
			return
		}
	}
}

// SelectClean ends the old one first.
func (f *feed) SelectClean(parent context.Context, sources <-chan string, quit <-chan struct{}) {
	for {
		select {
		case src := <-sources:
			ctx, cancel := context.WithCancel(parent)
			f.Stop()
			f.cancel = cancel
			go f.follow(ctx, src)
		case <-quit:
			return
		}
	}
}

// calledFeed is switched by a method that is called in a loop.
type calledFeed struct {
	cancel context.CancelFunc
	follow func(context.Context, string)
}

func (f *calledFeed) switchLeaks(parent context.Context, src string) {
	var ctx context.Context
	ctx, f.cancel = context.WithCancel(parent) // want `\[overwritten\]`
	go f.follow(ctx, src)
}

func (f *calledFeed) switchClean(parent context.Context, src string) {
	if f.cancel != nil {
		f.cancel()
	}
	var ctx context.Context
	ctx, f.cancel = context.WithCancel(parent)
	go f.follow(ctx, src)
}

// Serve calls both.
func (f *calledFeed) Serve(parent context.Context, sources <-chan string, careful bool) {
	for src := range sources {
		if careful {
			f.switchClean(parent, src)
		} else {
			f.switchLeaks(parent, src)
		}
	}
	if f.cancel != nil {
		f.cancel()
	}
}

// stage is set up step by step, each with a call on the same object.
type stage struct {
	cancel context.CancelFunc
	run    func(context.Context, string)
}

func (s *stage) enterLeaks(parent context.Context, name string) {
	var ctx context.Context
	ctx, s.cancel = context.WithCancel(parent) // want `\[overwritten\]`
	go s.run(ctx, name)
}

func (s *stage) enterClean(parent context.Context, name string) {
	s.leave()
	var ctx context.Context
	ctx, s.cancel = context.WithCancel(parent)
	go s.run(ctx, name)
}

func (s *stage) leave() {
	if s.cancel != nil {
		s.cancel()
		s.cancel = nil
	}
}

// Perform enters twice; the first function is lost.
func (s *stage) Perform(parent context.Context) {
	s.enterLeaks(parent, "overture")
	s.enterLeaks(parent, "finale")
	s.leave()
}

// PerformCarefully enters twice, and leaves in between.
func (s *stage) PerformCarefully(parent context.Context) {
	s.enterClean(parent, "overture")
	s.enterClean(parent, "finale")
	s.leave()
}

// hub handles each event in a goroutine of its own.
type hub struct {
	mu     sync.Mutex
	cancel context.CancelFunc
	serve  func(context.Context, string)
}

func (h *hub) handleLeaks(parent context.Context, ev string) {
	h.mu.Lock()
	var ctx context.Context
	ctx, h.cancel = context.WithCancel(parent) // want `\[overwritten\]`
	h.mu.Unlock()
	h.serve(ctx, ev)
}

// Dispatch starts the goroutines.
func (h *hub) Dispatch(parent context.Context, events <-chan string) {
	for ev := range events {
		go h.handleLeaks(parent, ev)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cancel != nil {
		h.cancel()
	}
}

// tidyHub does the same.
type tidyHub struct {
	mu     sync.Mutex
	cancel context.CancelFunc
	serve  func(context.Context, string)
}

// handleClean releases what it has made itself; others may do so earlier.
func (h *tidyHub) handleClean(parent context.Context, ev string) {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	h.mu.Lock()
	h.cancel = cancel
	h.mu.Unlock()
	h.serve(ctx, ev)
}

// Dispatch starts the goroutines.
func (h *tidyHub) Dispatch(parent context.Context, events <-chan string) {
	for ev := range events {
		go h.handleClean(parent, ev)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cancel != nil {
		h.cancel()
	}
}

// site crawls on request; a crawl lives on after the request for it.
type site struct {
	mu     sync.Mutex
	root   context.Context
	stop   context.CancelFunc
	cancel context.CancelFunc
	crawl  func(context.Context)
}

func newSite(crawl func(context.Context)) *site {
	root, stop := context.WithCancel(context.Background())
	return &site{root: root, stop: stop, crawl: crawl}
}

func (s *site) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cancel != nil {
		s.cancel()
	}
	s.stop()
}

// ServeHTTPLeaks is called once per request.
func (s *site) ServeHTTPLeaks(rw http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ctx context.Context
	ctx, s.cancel = context.WithCancel(s.root) // want `\[overwritten\]`
	go s.crawl(ctx)
	rw.WriteHeader(http.StatusAccepted)
}

func (s *site) ServeHTTPClean(rw http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cancel != nil {
		s.cancel()
	}
	var ctx context.Context
	ctx, s.cancel = context.WithCancel(s.root)
	go s.crawl(ctx)
	rw.WriteHeader(http.StatusAccepted)
}

// Routes registers the handlers.
func (s *site) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/crawl", s.ServeHTTPLeaks)
	mux.HandleFunc("/recrawl", s.ServeHTTPClean)
}

// session's begin and end belong together; who calls both loses nothing.
type session struct {
	cancel context.CancelFunc
	do     func(context.Context, string) error
}

func (s *session) beginClean(parent context.Context) context.Context {
	var ctx context.Context
	ctx, s.cancel = context.WithCancel(parent)
	return ctx
}

func (s *session) end() {
	if s.cancel != nil {
		s.cancel()
	}
}

// Serve ends every turn what it has begun.
func (s *session) Serve(parent context.Context, in <-chan string) (err error) {
	for m := range in {
		ctx := s.beginClean(parent)
		err = s.do(ctx, m)
		s.end()
	}
	return err
}

// forgetfulSession has the same two.
type forgetfulSession struct {
	cancel context.CancelFunc
	do     func(context.Context, string) error
}

func (s *forgetfulSession) beginLeaks(parent context.Context) context.Context {
	var ctx context.Context
	ctx, s.cancel = context.WithCancel(parent) // want `\[overwritten\]`
	return ctx
}

func (s *forgetfulSession) end() {
	if s.cancel != nil {
		s.cancel()
	}
}

// Serve ends a turn only when it has failed.
func (s *forgetfulSession) Serve(parent context.Context, in <-chan string) (failed int) {
	for m := range in {
		ctx := s.beginLeaks(parent)
		if err := s.do(ctx, m); err != nil {
			s.end()
			failed++
		}
	}
	s.end()
	return failed
}

// beats sets a timer that calls it again.
type beats struct {
	root   context.Context
	cancel context.CancelFunc
	timer  *time.Timer
	beat   func(context.Context)
}

func (b *beats) schedule(d time.Duration) { b.timer = time.AfterFunc(d, b.fireLeaks) }

func (b *beats) fireLeaks() {
	ctx, cancel := context.WithCancel(b.root)
	b.cancel = cancel // want `\[overwritten\]`
	go b.beat(ctx)
	b.schedule(time.Minute)
}

func (b *beats) Stop() {
	b.timer.Stop()
	b.cancel()
}

// endedBeats releases before it goes on.
type endedBeats struct {
	root   context.Context
	cancel context.CancelFunc
	timer  *time.Timer
	beat   func(context.Context)
}

func (b *endedBeats) fireClean() {
	if b.cancel != nil {
		b.cancel()
	}
	ctx, cancel := context.WithCancel(b.root)
	b.cancel = cancel
	go b.beat(ctx)
	b.timer = time.AfterFunc(time.Minute, b.fireClean)
}

func (b *endedBeats) Stop() {
	b.timer.Stop()
	b.cancel()
}

// oneBeat is set off once.
type oneBeat struct {
	root   context.Context
	cancel context.CancelFunc
	timer  *time.Timer
	beat   func(context.Context)
}

func (b *oneBeat) Start() { b.timer = time.AfterFunc(time.Minute, b.fireClean) }

func (b *oneBeat) fireClean() {
	ctx, cancel := context.WithCancel(b.root)
	b.cancel = cancel
	go b.beat(ctx)
}

func (b *oneBeat) Stop() {
	b.timer.Stop()
	b.cancel()
}
