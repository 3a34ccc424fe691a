package overwritten

// Silent on "fresh objects (constructors)": their fields hold nothing yet.

import "context"

// agent works from its making to its Close.
type agent struct {
	name   string
	ctx    context.Context
	cancel context.CancelFunc
}

func (a *agent) Close() { a.cancel() }

// newAgentClean fills a field of what it has just made.
func newAgentClean(parent context.Context, name string) *agent {
	a := &agent{name: name}
	a.ctx, a.cancel = context.WithCancel(parent)
	return a
}

// newPart returns a fresh object with nothing in it.
func newPart(name string) *agent { return &agent{name: name} }

func newAgentOfPartsClean(parent context.Context, name string) *agent {
	a := newPart(name)
	a.ctx, a.cancel = context.WithCancel(parent)
	return a
}

// initClean fills an agent that holds nothing yet.
func (a *agent) initClean(parent context.Context) {
	a.ctx, a.cancel = context.WithCancel(parent)
}

// Agents makes one agent per name, and each is filled once.
func Agents(parent context.Context, names []string, use func(*agent)) {
	for i, name := range names {
		var a *agent
		switch i % 3 {
		case 0:
			a = newAgentClean(parent, name)
		case 1:
			a = newAgentOfPartsClean(parent, name)
		default:
			a = &agent{name: name}
			a.initClean(parent)
		}
		use(a)
		a.Close()
	}
}

// oldAgent is one that is filled again.
type oldAgent struct {
	name   string
	ctx    context.Context
	cancel context.CancelFunc
}

func (a *oldAgent) Close() {
	if a.cancel != nil {
		a.cancel()
	}
}

func (a *oldAgent) initMissed(parent context.Context) {
	a.ctx, a.cancel = context.WithCancel(parent) // missed: use is unknown code, which may close the agent
}

// Rename fills the same agent for each name.
func (a *oldAgent) Rename(parent context.Context, names []string, use func(*oldAgent)) {
	for _, name := range names {
		a.name = name
		a.initMissed(parent)
		use(a)
	}
	a.Close()
}

// turn is a variable of the loop's body: a new one every time.
type turn struct{ cancel context.CancelFunc }

func (t *turn) end() {
	if t.cancel != nil {
		t.cancel()
	}
}

func PerTurnClean(parent context.Context, in <-chan string, do func(context.Context, string)) {
	for s := range in {
		var (
			t   turn
			ctx context.Context
		)
		ctx, t.cancel = context.WithCancel(parent)
		do(ctx, s)
		t.end()
	}
}

// AllTurnsLeaks has one variable for all turns, and ends the last one.
func AllTurnsLeaks(parent context.Context, t *turn, in <-chan string, do func(context.Context, string)) {
	for s := range in {
		var ctx context.Context
		ctx, t.cancel = context.WithCancel(parent) // want `\[overwritten\]`
		do(ctx, s)
	}
	t.end()
}

// ToNilClean stores over a function that it has just called.
func ToNilClean(parent context.Context, t *turn, in <-chan string, do func(context.Context, string)) {
	for s := range in {
		var ctx context.Context
		ctx, t.cancel = context.WithCancel(parent)
		do(ctx, s)
		t.cancel()
		t.cancel = nil
	}
}

// tree hangs fresh objects below an old one.
type tree struct {
	children []*agent
}

func (t *tree) Close() {
	for _, a := range t.children {
		a.Close()
	}
	t.children = nil
}

func (t *tree) GrowClean(parent context.Context, names <-chan string) {
	for name := range names {
		a := &agent{name: name}
		t.children = append(t.children, a)
		a.ctx, a.cancel = context.WithCancel(parent)
	}
}

// oldTree's children are there already, and alive.
type oldTree struct{ children []*oldAgent }

// RegrowMissed fills all children again.
func (t *oldTree) RegrowMissed(parent context.Context) {
	for _, a := range t.children {
		a.ctx, a.cancel = context.WithCancel(parent) // missed: going over all elements is also how objects are started
	}
}

func (t *oldTree) RegrowClean(parent context.Context) {
	for _, a := range t.children {
		a.Close()
		a.ctx, a.cancel = context.WithCancel(parent)
	}
}

// Keep grows the same children again at every tick.
func (t *oldTree) Keep(parent context.Context, ticks <-chan struct{}, careful bool) {
	for range ticks {
		if careful {
			t.RegrowClean(parent)
		} else {
			t.RegrowMissed(parent)
		}
	}
	for _, a := range t.children {
		a.Close()
	}
}
