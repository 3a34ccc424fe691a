package unclosed

// "Where there is room": a pool that is full leaves what it is given alone.

import "context"

type line struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func (l *line) Hangup() { l.cancel() }

func dialLine(parent context.Context) *line {
	l := &line{}
	l.ctx, l.cancel = context.WithCancel(parent)
	return l
}

// Lines are kept for the next call, up to max.
type Lines struct {
	root context.Context
	idle []*line
	max  int
	free chan *line
}

func (p *Lines) put(l *line) {
	if len(p.idle) >= p.max {
		return
	}
	p.idle = append(p.idle, l)
}

func (p *Lines) putOrHangup(l *line) {
	if len(p.idle) >= p.max {
		l.Hangup()
		return
	}
	p.idle = append(p.idle, l)
}

func (p *Lines) putAsked(l *line) bool {
	if len(p.idle) >= p.max {
		return false
	}
	p.idle = append(p.idle, l)
	return true
}

// putOnce leaves one alone that is there already.
func (p *Lines) putOnce(l *line) {
	for _, other := range p.idle {
		if other == l {
			return
		}
	}
	p.idle = append(p.idle, l)
}

func (p *Lines) PutLeaks(f func(context.Context)) {
	l := dialLine(p.root) // want `^result of dialLine owns a context of context.WithCancel and is not released on every path by Hangup`
	f(l.ctx)
	p.put(l)
}

func (p *Lines) PutClean(f func(context.Context)) {
	l := dialLine(p.root)
	f(l.ctx)
	p.putOrHangup(l)
}

func (p *Lines) AskedClean(f func(context.Context)) {
	l := dialLine(p.root)
	f(l.ctx)
	if !p.putAsked(l) {
		l.Hangup()
	}
}

func (p *Lines) OnceClean(f func(context.Context)) {
	l := dialLine(p.root)
	f(l.ctx)
	p.putOnce(l)
}

func (p *Lines) send(l *line) {
	select {
	case p.free <- l:
	default:
	}
}

func (p *Lines) sendOrHangup(l *line) {
	select {
	case p.free <- l:
	default:
		l.Hangup()
	}
}

func (p *Lines) wait(quit chan bool, l *line) {
	select {
	case p.free <- l:
	case <-quit:
	}
}

func (p *Lines) SendLeaks(f func(context.Context)) {
	l := dialLine(p.root) // want `^result of dialLine owns a context of context.WithCancel and is not released on every path by Hangup`
	f(l.ctx)
	p.send(l)
}

func (p *Lines) SendClean(f func(context.Context)) {
	l := dialLine(p.root)
	f(l.ctx)
	p.sendOrHangup(l)
}

// WaitClean hands it over, unless everything ends.
func (p *Lines) WaitClean(quit chan bool, f func(context.Context)) {
	l := dialLine(p.root)
	f(l.ctx)
	p.wait(quit, l)
}

// HereLeaks has the select itself: no branch tells whether the line was sent.
func (p *Lines) HereLeaks(f func(context.Context)) {
	l := dialLine(p.root) // want `^result of dialLine owns a context of context.WithCancel and is not released on every path by Hangup`
	f(l.ctx)
	select {
	case p.free <- l:
	default:
	}
}

func (p *Lines) HereClean(f func(context.Context)) {
	l := dialLine(p.root)
	f(l.ctx)
	select {
	case p.free <- l:
	default:
		l.Hangup()
	}
}

func (p *Lines) Take() *line {
	select {
	case l := <-p.free:
		return l
	default:
		return nil
	}
}

func (p *Lines) Close() {
	for _, l := range p.idle {
		l.Hangup()
	}
	for l := p.Take(); l != nil; l = p.Take() {
		l.Hangup()
	}
}
