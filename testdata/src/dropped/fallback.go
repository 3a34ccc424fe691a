package dropped

import "context"

// What was looked up, or made in its place, is still known when its entry is gone.

type stand struct{ close context.CancelFunc }

type market struct {
	ctx    context.Context
	stands map[string]*stand
	spare  *stand
}

func (m *market) Open(name string) {
	if _, ok := m.stands[name]; ok {
		return
	}
	ctx, cancel := context.WithCancel(m.ctx)
	m.stands[name] = &stand{cancel}
	go linger(ctx)
}

func (m *market) Close(name string, swept bool) {
	s, ok := m.stands[name]
	if !ok {
		s = m.spare
	}
	if swept {
		delete(m.stands, name)
		s.close()
	}
}

func (m *market) Abandon(name string, swept bool) {
	s, ok := m.stands[name]
	if !ok {
		s = m.spare
	}
	if swept {
		delete(m.stands, name) // want `dropped from an element of the field stands without being called`
		println(s)
	}
}

// A stall is made where there is none; then its opener has it, too.
type stall struct{ close context.CancelFunc }

type fair struct {
	ctx    context.Context
	stalls map[string]*stall
}

func (f *fair) open(name string) *stall {
	ctx, cancel := context.WithCancel(f.ctx)
	s := &stall{cancel}
	f.stalls[name] = s
	go linger(ctx)
	return s
}

func (f *fair) Visit(name string, last, fire bool) {
	s, ok := f.stalls[name]
	if !ok {
		s = f.open(name)
	}
	switch {
	case fire:
		delete(f.stalls, name)
		s.close()
	case last:
		delete(f.stalls, name) // want `dropped from an element of the field stalls without being called`
	}
}
