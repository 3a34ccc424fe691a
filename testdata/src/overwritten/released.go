package overwritten

// Silent on "a release of the old value first (also through a helper such as
// `s.stop()`), swap-then-call", and a release in the creating function.

import (
	"context"
	"log"
	"sync"
)

// player plays one piece at a time.
type player struct {
	mu     sync.Mutex
	name   string
	cancel context.CancelFunc
	play   func(context.Context, string)
}

func (p *player) stop() {
	if p.cancel != nil {
		p.cancel()
		p.cancel = nil
	}
}

func (p *player) reset() {
	log.Print("end of ", p.name)
	p.name = ""
}

func (p *player) stopIf(force bool) {
	if force && p.cancel != nil {
		p.cancel()
		p.cancel = nil
	}
}

// Close ends what is being played.
func (p *player) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stop()
}

func (p *player) HelperLeaks(parent context.Context, names <-chan string) {
	for name := range names {
		p.reset()
		var ctx context.Context
		ctx, p.cancel = context.WithCancel(parent) // want `\[overwritten\]`
		go p.play(ctx, name)
	}
}

func (p *player) HelperClean(parent context.Context, names <-chan string) {
	for name := range names {
		p.stop()
		var ctx context.Context
		ctx, p.cancel = context.WithCancel(parent)
		go p.play(ctx, name)
	}
}

// OtherLeaks stops another player than its own.
func (p *player) OtherLeaks(parent context.Context, other *player, names <-chan string) {
	for name := range names {
		other.stop()
		var ctx context.Context
		ctx, p.cancel = context.WithCancel(parent) // want `\[overwritten\]`
		go p.play(ctx, name)
	}
}

func (p *player) OtherClean(parent context.Context, other *player, names <-chan string) {
	for name := range names {
		other.stop()
		p.stop()
		var ctx context.Context
		ctx, p.cancel = context.WithCancel(parent)
		go p.play(ctx, name)
	}
}

// ForcedLeaks stops what was played only if it must.
func (p *player) ForcedLeaks(parent context.Context, force bool, names <-chan string) {
	for name := range names {
		p.stopIf(force)
		var ctx context.Context
		ctx, p.cancel = context.WithCancel(parent) // want `\[overwritten\]`
		go p.play(ctx, name)
	}
}

func (p *player) ForcedClean(parent context.Context, force bool, names <-chan string) {
	for name := range names {
		p.stopIf(force)
		p.stop()
		var ctx context.Context
		ctx, p.cancel = context.WithCancel(parent)
		go p.play(ctx, name)
	}
}

func (p *player) BranchLeaks(parent context.Context, names <-chan string) {
	for name := range names {
		if name == p.name && p.cancel != nil {
			p.cancel()
		}
		var ctx context.Context
		ctx, p.cancel = context.WithCancel(parent) // want `\[overwritten\]`
		go p.play(ctx, name)
	}
}

func (p *player) BranchClean(parent context.Context, names <-chan string) {
	for name := range names {
		if name == p.name && p.cancel != nil {
			continue
		}
		if p.cancel != nil {
			p.cancel()
		}
		var ctx context.Context
		ctx, p.cancel = context.WithCancel(parent)
		go p.play(ctx, name)
	}
}

// savedLeaks saves the old function, and does nothing with it.
func (p *player) savedLeaks(parent context.Context, name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	ctx, cancel := context.WithCancel(parent)
	old := p.cancel
	p.cancel = cancel // want `\[overwritten\]`
	if old != nil {
		log.Print("end of ", p.name)
	}
	p.name = name
	go p.play(ctx, name)
}

// savedClean calls the old function after the new one has taken its place.
func (p *player) savedClean(parent context.Context, name string) {
	ctx, cancel := context.WithCancel(parent)
	p.mu.Lock()
	old := p.cancel
	p.cancel = cancel
	p.name = name
	p.mu.Unlock()
	if old != nil {
		old()
	}
	go p.play(ctx, name)
}

// deferredOldClean calls the old function at its end.
func (p *player) deferredOldClean(parent context.Context, name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if old := p.cancel; old != nil {
		defer old()
	}
	var ctx context.Context
	ctx, p.cancel = context.WithCancel(parent)
	go p.play(ctx, name)
}

// swapClean swaps old and new, and calls what it has then.
func (p *player) swapClean(parent context.Context, name string) {
	ctx, cancel := context.WithCancel(parent)
	p.mu.Lock()
	p.cancel, cancel = cancel, p.cancel
	p.mu.Unlock()
	if cancel != nil {
		cancel()
	}
	go p.play(ctx, name)
}

// swapLeaks swaps, and asks only whether there was an old one.
func (p *player) swapLeaks(parent context.Context, name string) (again bool) {
	ctx, cancel := context.WithCancel(parent)
	p.mu.Lock()
	p.cancel, cancel = cancel, p.cancel // want `\[overwritten\]`
	p.mu.Unlock()
	go p.play(ctx, name)
	return cancel != nil
}

// goOldClean has a goroutine call the old function.
func (p *player) goOldClean(parent context.Context, name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cancel != nil {
		go p.cancel()
	}
	var ctx context.Context
	ctx, p.cancel = context.WithCancel(parent)
	go p.play(ctx, name)
}

// replace is for any place that holds a function.
func replace(place *context.CancelFunc, cancel context.CancelFunc) {
	if *place != nil {
		(*place)()
	}
	*place = cancel
}

func (p *player) replaceClean(parent context.Context, name string) {
	ctx, cancel := context.WithCancel(parent)
	replace(&p.cancel, cancel)
	go p.play(ctx, name)
}

// Play calls each of them again and again.
func (p *player) Play(parent context.Context, names <-chan string) (again int) {
	defer p.Close()
	for name := range names {
		switch len(name) % 7 {
		case 0:
			p.savedLeaks(parent, name)
		case 1:
			p.savedClean(parent, name)
		case 2:
			p.deferredOldClean(parent, name)
		case 3:
			p.swapClean(parent, name)
		case 4:
			if p.swapLeaks(parent, name) {
				again++
			}
		case 5:
			p.goOldClean(parent, name)
		case 6:
			p.replaceClean(parent, name)
		}
	}
	return again
}

// call lets others cancel what is under way.
type call struct {
	mu     sync.Mutex
	cancel context.CancelFunc
}

func (c *call) Cancel() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cancel != nil {
		c.cancel()
	}
}

// doClean releases its context itself.
func (c *call) doClean(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	c.mu.Lock()
	c.cancel = cancel
	c.mu.Unlock()
	return do(ctx)
}

// Repeat does it again and again.
func (c *call) Repeat(parent context.Context, ticks <-chan struct{}, do func(context.Context) error) (failed int) {
	for range ticks {
		if c.doClean(parent, do) != nil {
			failed++
		}
	}
	return failed
}

// openCall leaves the release to Cancel.
type openCall struct {
	mu     sync.Mutex
	cancel context.CancelFunc
}

func (c *openCall) Cancel() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cancel != nil {
		c.cancel()
	}
}

func (c *openCall) doLeaks(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	c.mu.Lock()
	c.cancel = cancel // want `\[overwritten\]`
	c.mu.Unlock()
	return do(ctx)
}

// Repeat does it again and again.
func (c *openCall) Repeat(parent context.Context, ticks <-chan struct{}, do func(context.Context) error) (failed int) {
	for range ticks {
		if c.doLeaks(parent, do) != nil {
			failed++
		}
	}
	return failed
}

// routine cancels when its goroutine ends, which the next one waits for.
type routine struct {
	cancel context.CancelFunc
	done   chan struct{}
	run    func(context.Context, string)
}

func (r *routine) NextClean(parent context.Context, names <-chan string) {
	for name := range names {
		if r.done != nil {
			<-r.done
		}
		ctx, cancel := context.WithCancel(parent)
		r.cancel, r.done = cancel, make(chan struct{})
		go func(done chan<- struct{}) {
			defer close(done)
			defer cancel()
			r.run(ctx, name)
		}(r.done)
	}
}

// Abort ends the current one early.
func (r *routine) Abort() {
	if r.cancel != nil {
		r.cancel()
	}
}
