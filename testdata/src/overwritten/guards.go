package overwritten

// Silent on "`nil` and `ctx.Err() != nil` guards, `sync.Once`, a `started` flag
// or compare-and-swap".

import (
	"context"
	"errors"
	"log"
	"sync"
	"sync/atomic"
)

var errStarted = errors.New("already started")

// lazy makes its context when it is first needed.
type lazy struct {
	mu     sync.Mutex
	ctx    context.Context
	cancel context.CancelFunc
}

func (l *lazy) useClean(parent context.Context) context.Context {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cancel == nil {
		l.ctx, l.cancel = context.WithCancel(parent)
	}
	return l.ctx
}

func (l *lazy) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cancel != nil {
		l.cancel()
		l.cancel = nil
	}
}

// UseLazy uses l for all that comes in.
func UseLazy(parent context.Context, l *lazy, in <-chan string, do func(context.Context, string)) {
	defer l.Close()
	for s := range in {
		do(l.useClean(parent), s)
	}
}

// eager only says that there is a context already.
type eager struct {
	mu     sync.Mutex
	ctx    context.Context
	cancel context.CancelFunc
}

func (e *eager) useLeaks(parent context.Context) context.Context {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.cancel != nil {
		log.Print("there is a context already")
	}
	e.ctx, e.cancel = context.WithCancel(parent) // want `\[overwritten\]`
	return e.ctx
}

func (e *eager) Close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.cancel != nil {
		e.cancel()
		e.cancel = nil
	}
}

// UseEager uses e for all that comes in.
func UseEager(parent context.Context, e *eager, in <-chan string, do func(context.Context, string)) {
	defer e.Close()
	for s := range in {
		do(e.useLeaks(parent), s)
	}
}

// strict refuses to start while it runs.
type strict struct {
	cancel context.CancelFunc
	run    func(context.Context)
}

func (s *strict) startClean(parent context.Context) error {
	if s.cancel != nil {
		return errStarted
	}
	var ctx context.Context
	ctx, s.cancel = context.WithCancel(parent)
	go s.run(ctx)
	return nil
}

func (s *strict) stop() {
	if s.cancel != nil {
		s.cancel()
		s.cancel = nil
	}
}

// Control starts and stops by commands.
func (s *strict) Control(parent context.Context, commands <-chan string) (err error) {
	defer s.stop()
	for c := range commands {
		if c == "stop" {
			s.stop()
			continue
		}
		err = errors.Join(err, s.startClean(parent))
	}
	return err
}

// lenient complains, and starts all the same.
type lenient struct {
	cancel context.CancelFunc
	run    func(context.Context)
}

func (l *lenient) startLeaks(parent context.Context) (err error) {
	if l.cancel != nil {
		err = errStarted
	}
	var ctx context.Context
	ctx, l.cancel = context.WithCancel(parent) // want `\[overwritten\]`
	go l.run(ctx)
	return err
}

func (l *lenient) stop() {
	if l.cancel != nil {
		l.cancel()
		l.cancel = nil
	}
}

// Control starts and stops by commands.
func (l *lenient) Control(parent context.Context, commands <-chan string) (err error) {
	defer l.stop()
	for c := range commands {
		if c == "stop" {
			l.stop()
			continue
		}
		err = errors.Join(err, l.startLeaks(parent))
	}
	return err
}

// revived has a new context once the old one is done.
type revived struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func (r *revived) contextClean(parent context.Context) context.Context {
	if r.ctx != nil && r.ctx.Err() == nil {
		return r.ctx
	}
	r.ctx, r.cancel = context.WithCancel(parent)
	return r.ctx
}

func (r *revived) Close() {
	if r.cancel != nil {
		r.cancel()
	}
}

// UseRevived uses r for all that comes in.
func UseRevived(parent context.Context, r *revived, in <-chan string, do func(context.Context, string)) {
	defer r.Close()
	for s := range in {
		do(r.contextClean(parent), s)
	}
}

// replaced has a new context while the old one is alive: the wrong way round.
type replaced struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func (r *replaced) contextLeaks(parent context.Context) context.Context {
	if r.ctx != nil && r.ctx.Err() != nil {
		return r.ctx
	}
	r.ctx, r.cancel = context.WithCancel(parent) // want `\[overwritten\]`
	return r.ctx
}

func (r *replaced) Close() {
	if r.cancel != nil {
		r.cancel()
	}
}

// UseReplaced uses r for all that comes in.
func UseReplaced(parent context.Context, r *replaced, in <-chan string, do func(context.Context, string)) {
	defer r.Close()
	for s := range in {
		do(r.contextLeaks(parent), s)
	}
}

// onced starts once in its life.
type onced struct {
	once   sync.Once
	cancel context.CancelFunc
	run    func(context.Context)
}

func (o *onced) startClean(parent context.Context) {
	o.once.Do(func() {
		var ctx context.Context
		ctx, o.cancel = context.WithCancel(parent)
		go o.run(ctx)
	})
}

// Pump starts at the first message at the latest.
func (o *onced) Pump(parent context.Context, in <-chan string, do func(string)) {
	for s := range in {
		o.startClean(parent)
		do(s)
	}
	if o.cancel != nil {
		o.cancel()
	}
}

// oncePerCall has a new once every time.
type oncePerCall struct {
	cancel context.CancelFunc
	run    func(context.Context)
}

func (o *oncePerCall) startMissed(parent context.Context) {
	var once sync.Once
	once.Do(func() {
		var ctx context.Context
		ctx, o.cancel = context.WithCancel(parent) // missed: which once it is makes the difference
		go o.run(ctx)
	})
}

// Pump starts at every message.
func (o *oncePerCall) Pump(parent context.Context, in <-chan string, do func(string)) {
	for s := range in {
		o.startMissed(parent)
		do(s)
	}
	if o.cancel != nil {
		o.cancel()
	}
}

// flagged remembers that it has started.
type flagged struct {
	mu      sync.Mutex
	started bool
	cancel  context.CancelFunc
	run     func(context.Context)
}

func (f *flagged) startClean(parent context.Context) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.started {
		return
	}
	f.started = true
	var ctx context.Context
	ctx, f.cancel = context.WithCancel(parent)
	go f.run(ctx)
}

func (f *flagged) stop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.started {
		f.cancel()
		f.started = false
	}
}

// Pump starts at the first message at the latest.
func (f *flagged) Pump(parent context.Context, in <-chan string, do func(string)) {
	defer f.stop()
	for s := range in {
		f.startClean(parent)
		do(s)
	}
}

// unread sets its flag, and does not ask for it when it starts.
type unread struct {
	mu      sync.Mutex
	started bool
	cancel  context.CancelFunc
	run     func(context.Context)
}

func (u *unread) startLeaks(parent context.Context) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.started = true
	var ctx context.Context
	ctx, u.cancel = context.WithCancel(parent) // want `\[overwritten\]`
	go u.run(ctx)
}

func (u *unread) stop() {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.started {
		u.cancel()
		u.started = false
	}
}

// Pump starts at every message.
func (u *unread) Pump(parent context.Context, in <-chan string, do func(string)) {
	defer u.stop()
	for s := range in {
		u.startLeaks(parent)
		do(s)
	}
}

// swapped starts by compare-and-swap.
type swapped struct {
	running atomic.Bool
	cancel  context.CancelFunc
	run     func(context.Context)
}

func (s *swapped) startClean(parent context.Context) error {
	if !s.running.CompareAndSwap(false, true) {
		return errStarted
	}
	var ctx context.Context
	ctx, s.cancel = context.WithCancel(parent)
	go s.run(ctx)
	return nil
}

func (s *swapped) stop() {
	if s.running.CompareAndSwap(true, false) {
		s.cancel()
	}
}

// Pump starts at the first message at the latest.
func (s *swapped) Pump(parent context.Context, in <-chan string, do func(string)) {
	defer s.stop()
	for m := range in {
		if err := s.startClean(parent); err != nil && !errors.Is(err, errStarted) {
			log.Print(err)
		}
		do(m)
	}
}

// unswapped does not care for the result.
type unswapped struct {
	running atomic.Bool
	cancel  context.CancelFunc
	run     func(context.Context)
}

func (u *unswapped) startLeaks(parent context.Context) {
	u.running.CompareAndSwap(false, true)
	var ctx context.Context
	ctx, u.cancel = context.WithCancel(parent) // want `\[overwritten\]`
	go u.run(ctx)
}

func (u *unswapped) stop() {
	if u.running.CompareAndSwap(true, false) {
		u.cancel()
	}
}

// Pump starts at every message.
func (u *unswapped) Pump(parent context.Context, in <-chan string, do func(string)) {
	defer u.stop()
	for m := range in {
		u.startLeaks(parent)
		do(m)
	}
}

// A line says by a method whether it is up.
type line struct {
	cancel context.CancelFunc
}

func (l *line) up() bool { return l.cancel != nil }

func (l *line) dialClean(parent context.Context) context.Context {
	if l.up() {
		l.cancel()
	}
	ctx, cancel := context.WithCancel(parent)
	l.cancel = cancel
	return ctx
}

// Hangup ends the line.
func (l *line) Hangup() {
	if l.up() {
		l.cancel()
	}
}

// UseLine dials for all that comes in.
func UseLine(parent context.Context, l *line, in <-chan string, do func(context.Context, string)) {
	defer l.Hangup()
	for s := range in {
		do(l.dialClean(parent), s)
	}
}

// A trunk says by a method whether it has a name, which tells nothing of its
// context.
type trunk struct {
	name   *string
	cancel context.CancelFunc
}

func (t *trunk) named() bool { return t.name != nil }

func (t *trunk) dialLeaks(parent context.Context) context.Context {
	if t.named() {
		t.cancel()
	}
	ctx, cancel := context.WithCancel(parent)
	t.cancel = cancel // want `\[overwritten\]`
	return ctx
}

// Hangup ends the trunk.
func (t *trunk) Hangup() {
	if t.cancel != nil {
		t.cancel()
	}
}

// UseTrunk dials for all that comes in.
func UseTrunk(parent context.Context, t *trunk, in <-chan string, do func(context.Context, string)) {
	defer t.Hangup()
	for s := range in {
		do(t.dialLeaks(parent), s)
	}
}

type copied struct {
	ctx    context.Context
	cancel context.CancelFunc
	runs   int
}

// copies has sessions by value: what is tested, and changed, is a copy.
type copies struct {
	one, other copied
	byName     map[string]copied
}

func (c *copies) BeginClean(parent context.Context) context.Context {
	s := c.one
	if s.ctx != nil && s.ctx.Err() == nil {
		return s.ctx
	}
	s.ctx, s.cancel = context.WithCancel(parent)
	c.one = s
	return s.ctx
}

func (c *copies) BeginNamedClean(parent context.Context, name string) context.Context {
	s, ok := c.byName[name]
	if ok && s.ctx != nil && s.ctx.Err() == nil {
		return s.ctx
	}
	s.ctx, s.cancel = context.WithCancel(parent)
	c.byName[name] = s
	return s.ctx
}

// BeginLeaks asks the copy how often it ran.
func (c *copies) BeginLeaks(parent context.Context) context.Context {
	s := c.other
	if s.runs > 3 {
		return s.ctx
	}
	s.ctx, s.cancel = context.WithCancel(parent)
	c.other = s // want `\[overwritten\]`
	return s.ctx
}

func (c *copies) Loop(parent context.Context, names []string, run func(context.Context)) {
	for _, n := range names {
		run(c.BeginClean(parent))
		run(c.BeginNamedClean(parent, n))
		run(c.BeginLeaks(parent))
	}
	c.one.cancel()
	c.other.cancel()
	for _, s := range c.byName {
		s.cancel()
	}
}
