package flow

import (
	"cmp"
	"slices"
	"strconv"

	"golang.org/x/tools/go/ssa"
)

// covered are the states that paths have been in, by what they have in common but
// their facts.
type covered map[string][]*state

// first reports whether s, which key stands for, is not covered: of what led there,
// nothing left as many ways open. It is from then on.
func (c covered) first(key []byte, s *state) bool {
	open := func(t *state) bool {
		return !slices.ContainsFunc(t.facts, func(f fact) bool { return !slices.Contains(s.facts, f) })
	}
	if slices.ContainsFunc(c[string(key)], open) {
		return false
	}
	c[string(key)] = append(c[string(key)], s)
	return true
}

// An encoder writes states.
type encoder struct {
	ids  map[ssa.Value]int // of the roots of names
	key  []byte
	rows []row
}

// A row is a name that a state has for something, to be sorted.
type row struct {
	of, id int
	path   string
	kind   kind
	held   bool
}

func (a row) compare(b row) int {
	held := func(r row) int {
		if r.held {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(a.of, b.of), cmp.Compare(a.id, b.id), cmp.Compare(a.path, b.path), cmp.Compare(a.kind, b.kind), cmp.Compare(held(a), held(b)))
}

// encode writes the state at an instruction, but for its facts, as a key that is
// equal for equal states. It is valid until the next one is written.
func (r *run) encode(block, index int, s *state) []byte {
	e := &r.encoder
	e.key = e.key[:0]
	e.number(block)
	e.number(index)
	for _, it := range s.items {
		e.rows = append(e.rows, row{0, e.id(it.Root), it.Path, it.kind, it.held})
	}
	e.writeRows()
	for _, a := range s.alias {
		e.rows = append(e.rows, row{e.id(a.v), e.id(a.to.Root), a.to.Path, 0, false})
	}
	e.writeRows()
	for _, d := range s.defers {
		e.number(r.deferID(d))
	}
	e.key = append(e.key, '|')
	for _, k := range s.taken {
		e.number(r.deferID(k.by))
		e.number(e.id(k.as.Root))
		e.key = append(e.key, k.as.Path...)
		e.number(e.id(k.at.Root))
	}
	e.key = append(e.key, '|')
	for _, v := range s.stale {
		e.number(e.id(v))
	}
	e.key = append(e.key, '|')
	for _, at := range []ssa.Instruction{s.shared, s.lent, s.noRoom, s.lostBy} {
		if at != nil {
			e.number(int(at.Pos()) + 1)
		} else {
			e.number(-1)
		}
	}
	for _, is := range []bool{s.asked, s.failing, s.failed, s.full, s.waited, s.late, s.beside} {
		if is {
			e.key = append(e.key, '1')
		} else {
			e.key = append(e.key, '0')
		}
	}
	if s.before != nil {
		e.number(s.before.Index)
	}
	return e.key
}

// writeRows writes the rows, and has none left.
func (e *encoder) writeRows() {
	slices.SortFunc(e.rows, row.compare)
	for _, r := range e.rows {
		e.number(r.of)
		e.number(r.id)
		e.number(int(r.kind))
		if r.held {
			e.key = append(e.key, 'h')
		}
		e.key = append(e.key, r.path...)
		e.key = append(e.key, ',')
	}
	e.key = append(e.key, '|')
	e.rows = e.rows[:0]
}

func (e *encoder) number(n int) { e.key = append(strconv.AppendInt(e.key, int64(n), 10), ' ') }

func (e *encoder) id(v ssa.Value) int {
	id, ok := e.ids[v]
	if !ok {
		id = len(e.ids)
		e.ids[v] = id
	}
	return id
}
