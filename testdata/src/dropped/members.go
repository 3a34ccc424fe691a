package dropped

import (
	"context"
	"time"
)

// A visitor is known to its party alone, which finds it by itself.
type visitor struct {
	told   chan string
	leave  context.CancelFunc
	leaver context.CancelFunc
}

type party struct {
	ctx context.Context

	guests map[*visitor]bool
	come   chan *visitor
	goes   chan *visitor
}

func (p *party) Invite() <-chan string {
	ctx, leave := context.WithCancel(p.ctx)
	g := &visitor{told: make(chan string), leave: leave}
	p.come <- g
	go g.listen(p)
	go linger(ctx)
	return g.told
}

func (p *party) Welcome() <-chan string {
	ctx, leave := context.WithCancel(p.ctx)
	g := &visitor{told: make(chan string), leaver: leave}
	p.come <- g
	go g.listen(p)
	go linger(ctx)
	return g.told
}

func linger(ctx context.Context) { <-ctx.Done() }

func (g *visitor) listen(p *party) {
	defer func() { p.goes <- g }()
	for s := range g.told {
		println(s)
	}
}

func (p *party) Run() {
	for {
		select {
		case g := <-p.come:
			p.guests[g] = true
		case g := <-p.goes:
			if p.guests[g] {
				g.leaver()
				delete(p.guests, g) // want `cancel function of context.WithCancel is dropped from an element of the field guests without being called`
			}
		}
	}
}

func (p *party) Close() {
	for g := range p.guests {
		g.end()
	}
}

func (g *visitor) end() {
	g.leave()
	g.leaver()
}

// A lodger has a name, by which its house knows it once it has come.
type lodger struct {
	name   string
	rent   time.Time
	evict  context.CancelFunc
	remove context.CancelFunc
}

type house struct {
	ctx     context.Context
	lodgers map[string]*lodger
	in, out chan *lodger
	fled    chan string
}

func (h *house) Let(name string) {
	ctx, evict := context.WithCancel(h.ctx)
	go linger(ctx)
	h.in <- &lodger{name: name, evict: evict}
}

func (h *house) Lend(name string) {
	ctx, remove := context.WithCancel(h.ctx)
	go linger(ctx)
	h.in <- &lodger{name: name, remove: remove}
}

func (h *house) Run(due <-chan time.Time) {
	for {
		select {
		case l := <-h.in:
			h.lodgers[l.name] = l
		case l := <-h.out:
			l.remove()
			delete(h.lodgers, l.name) // want `dropped from an element of the field lodgers without being called`
		case name := <-h.fled:
			if l, ok := h.lodgers[name]; ok {
				delete(h.lodgers, name) // want `dropped from an element of the field lodgers without being called`
				l.remove()
			}
		case now := <-due:
			for name, l := range h.lodgers {
				if now.After(l.rent) {
					delete(h.lodgers, name) // want `dropped from an element of the field lodgers without being called`
					l.remove()
				}
			}
		}
	}
}

func (h *house) Sell() {
	for _, l := range h.lodgers {
		l.evict()
		l.remove()
	}
}

// A caller ends itself, and one that is sent has ended.
type caller struct{ hang context.CancelFunc }

type exchange struct {
	ctx     context.Context
	callers map[*caller]bool
	gone    chan *caller
}

func (x *exchange) Call() {
	ctx, hang := context.WithCancel(x.ctx)
	c := &caller{hang: hang}
	x.callers[c] = true
	go func() {
		<-ctx.Done()
		x.gone <- c
	}()
}

func (x *exchange) Run() {
	for c := range x.gone {
		delete(x.callers, c)
	}
}

func (x *exchange) Shut() {
	for c := range x.callers {
		c.hang()
	}
}

// A dancer leaves by itself.
type dancer struct{ leave context.CancelFunc }

type ball struct {
	ctx     context.Context
	dancers map[*dancer]bool
	tired   chan *dancer
}

func (b *ball) Ask() {
	ctx, leave := context.WithCancel(b.ctx)
	d := &dancer{leave: leave}
	b.dancers[d] = true
	go linger(ctx)
	go func() {
		defer func() { b.tired <- d }()
		defer d.leave()
	}()
}

func (b *ball) Run() {
	for d := range b.tired {
		delete(b.dancers, d)
	}
}

func (b *ball) End() {
	for d := range b.dancers {
		d.leave()
	}
}

// Whom nobody else can end is ended by those who remove it.
type member struct{ expel context.CancelFunc }

type Club struct {
	ctx     context.Context
	members map[*member]struct{}
}

func (c *Club) Join() *member {
	ctx, expel := context.WithCancel(c.ctx)
	go linger(ctx)
	m := &member{expel: expel}
	c.members[m] = struct{}{}
	return m
}

func (c *Club) Forget(m *member) {
	delete(c.members, m) // want `dropped from an element of the field members without being called`
}

func (c *Club) Expel(m *member) {
	delete(c.members, m)
	m.expel()
}

// A guest that is sent away ends itself when it notices.
type boarder struct {
	inn  *inn
	said chan string
	out  context.CancelFunc
}

type inn struct {
	ctx    context.Context
	guests map[*boarder]bool
	beds   map[*boarder]int
}

func (i *inn) Arrive() {
	ctx, out := context.WithCancel(i.ctx)
	g := &boarder{inn: i, said: make(chan string), out: out}
	i.guests[g] = true
	go linger(ctx)
	go g.stay()
}

func (g *boarder) stay() {
	defer g.depart()
	for s := range g.said {
		println(s)
	}
}

func (g *boarder) depart() {
	delete(g.inn.guests, g)
	g.out()
}

func (i *inn) SendAway() {
	for g := range i.guests {
		delete(i.guests, g)
		close(g.said)
	}
}

// Who gets another room is still there.
type lodging struct{ end context.CancelFunc }

type lodge struct {
	ctx         context.Context
	first, last map[*lodging]bool
}

func (l *lodge) Arrive() {
	ctx, end := context.WithCancel(l.ctx)
	go linger(ctx)
	l.first[&lodging{end}] = true
}

func (l *lodge) Move() {
	for g := range l.first {
		delete(l.first, g)
		l.last[g] = true
	}
}

func (l *lodge) Close() {
	for g := range l.first {
		g.end()
	}
	for g := range l.last {
		g.end()
	}
}
