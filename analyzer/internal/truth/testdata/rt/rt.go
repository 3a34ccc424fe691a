// Package rt watches a generated program: it makes the parent context, answers
// what the program asks, and tells which contexts are still live.
package rt

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// Err is the error of operations that fail.
var Err = errors.New("failed")

const maxAnswers = 7

var answers []bool // what Ask answers, in order
var asked int
var overran bool
var chance uint32

// Ask is a condition that nothing is known of. All sequences of answers are
// tried, one a run. A run that asks too often goes on with answers by chance, so
// that its loops end, and says nothing.
func Ask() bool {
	if asked == len(answers) {
		if overran || asked == maxAnswers {
			overran = true
			chance = chance*1664525 + 1013904223
			return chance>>31 == 1
		}
		answers = append(answers, false)
	}
	asked++
	return answers[asked-1]
}

// Try is an operation that may fail.
func Try() error {
	if Ask() {
		return Err
	}
	return nil
}

// Use looks at a context.
func Use(ctx context.Context) { _ = ctx.Err() }

// next prepares the next sequence of answers, and reports whether there is one.
func next() bool {
	answers = answers[:asked]
	asked = 0
	for len(answers) > 0 && answers[len(answers)-1] {
		answers = answers[:len(answers)-1]
	}
	if len(answers) == 0 {
		return false
	}
	answers[len(answers)-1] = true
	return true
}

// A root is a context whose children register with it, so that they can be
// counted.
type root struct {
	mu       sync.Mutex
	done     chan struct{}
	err      error
	children map[int]func()
	next     int
}

func (r *root) Deadline() (time.Time, bool) { return time.Time{}, false }
func (r *root) Done() <-chan struct{}       { return r.done }
func (r *root) Value(any) any               { return nil }

func (r *root) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// AfterFunc is what package context registers a child by.
func (r *root) AfterFunc(f func()) func() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	id := r.next
	r.next++
	r.children[id] = f
	return func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		_, ok := r.children[id]
		delete(r.children, id)
		return ok
	}
}

func (r *root) end() {
	r.mu.Lock()
	r.err = context.Canceled
	close(r.done)
	all := r.children
	r.children = nil
	r.mu.Unlock()
	for _, f := range all {
		f()
	}
}

// A Site is a call that creates a context.
type Site struct {
	File string
	Line int
}

type made struct {
	pcs [4]uintptr // of the call, and of those around it
	ctx context.Context
}

var created []made

// Created is told of each context by the package that stands in for context.
func Created(ctx context.Context) {
	m := made{ctx: ctx}
	runtime.Callers(3, m.pcs[:])
	created = append(created, m)
}

var sites = make(map[uintptr]Site)

// siteOf is the line of pc, if it is in a program.
func siteOf(pc uintptr) (Site, bool) {
	s, ok := sites[pc]
	if !ok {
		f, _ := runtime.CallersFrames([]uintptr{pc}).Next()
		if strings.HasPrefix(f.Function, "oracle/progs") || strings.HasPrefix(f.Function, "oracle/dep") {
			s = Site{f.File[strings.LastIndexByte(f.File, '/')+1:], f.Line}
		}
		sites[pc] = s
	}
	return s, s.Line > 0 && s.File != "watch.go"
}

// through are the sites of m: the call itself, then those around it.
func (m *made) through() []Site {
	var all []Site
	for _, pc := range m.pcs {
		if pc == 0 {
			break
		}
		if s, ok := siteOf(pc); ok {
			all = append(all, s)
		}
	}
	return all
}

// A Seen is what the runs of one program showed of one site.
type Seen struct {
	Site
	Direct bool   // the call creates by itself
	Via    []Site // the calls around it, where a context has leaked
	Runs   int    // in which it was reached
	Leaks  int    // in which it left a live context behind, its scope entered once
	Again  int    // the same, its scope entered twice
	Open   int    // the same, methods of an owner called in any order
	Inputs string
}

// A Report is what the runs of one program showed.
type Report struct {
	ID     int
	Runs   int
	Panics int
	Capped bool // not all inputs were tried
	Uneven bool // the parent and the contexts disagree: a fault of the oracle
	Sites  []*Seen
}

func (r *Report) seen(s Site) *Seen {
	if i := slices.IndexFunc(r.Sites, func(o *Seen) bool { return o.Site == s }); i >= 0 {
		return r.Sites[i]
	}
	r.Sites = append(r.Sites, &Seen{Site: s})
	return r.Sites[len(r.Sites)-1]
}

// Once runs f with one sequence of answers and reports into r. wait settles
// the goroutines that f left behind.
func Once(r *Report, again, open bool, inputs string, f func(context.Context), wait func()) {
	created = created[:0]
	ctx := &root{done: make(chan struct{}), children: make(map[int]func())}
	asked = 0
	overran = false
	ok := finish(f, ctx)
	wait()
	if !ok || overran {
		r.Panics++
		ctx.end()
		return
	}
	r.Runs++
	live := 0
	for _, m := range created {
		leaks := m.ctx.Err() == nil
		if leaks {
			live++
		}
		through := m.through()
		for i, site := range through {
			s := r.seen(site)
			s.Runs++
			s.Direct = s.Direct || i == 0
			if !leaks {
				continue
			}
			if s.Inputs == "" {
				s.Inputs = inputs + told()
			}
			for _, v := range through[i+1:] {
				if !slices.Contains(s.Via, v) {
					s.Via = append(s.Via, v)
				}
			}
			switch {
			case open:
				s.Open++
			case again:
				s.Again++
			default:
				s.Leaks++
			}
		}
	}
	ctx.mu.Lock()
	if (len(ctx.children) > 0) != (live > 0) {
		r.Uneven = true
	}
	ctx.mu.Unlock()
	ctx.end()
}

// told are the answers given in this run.
func told() string {
	var b strings.Builder
	for _, a := range answers[:asked] {
		if a {
			b.WriteString(" yes")
		} else {
			b.WriteString(" no")
		}
	}
	return b.String()
}

// finish reports whether f returned.
func finish(f func(context.Context), ctx context.Context) (ok bool) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { _ = recover() }()
		f(ctx)
		ok = true
	}()
	<-done
	return ok
}

// All runs once for every sequence of answers, at most limit times.
func All(limit int, once func()) (runs int, complete bool) {
	answers = answers[:0]
	for runs < limit {
		once()
		runs++
		if !next() {
			return runs, true
		}
	}
	return runs, false
}

// Inputs are the plain parameters of a function under test.
type Inputs struct {
	A, B, C bool
	N       int
}

// A Program is one function under test.
type Program struct {
	ID     int
	Uses   [4]bool // which of A, B, C and N it reads
	Bubble bool    // it starts goroutines
	Once   func(context.Context, Inputs)
	Twice  func(ctx context.Context, first, second Inputs) // of a long-lived owner
	Open   []Owner
}

// An Owner is a type whose methods may be called in any order, until it is
// closed.
type Owner struct {
	Make    func(context.Context) any // nil: it could not be made
	Methods []func(ctx context.Context, w any)
	Close   func(w any)
}

// assignments are all values of the inputs that p reads.
func (p *Program) assignments() []Inputs {
	all := []Inputs{{}}
	vary := func(set func(*Inputs)) {
		for _, in := range all {
			set(&in)
			all = append(all, in)
		}
	}
	if p.Uses[0] {
		vary(func(in *Inputs) { in.A = true })
	}
	if p.Uses[1] {
		vary(func(in *Inputs) { in.B = true })
	}
	if p.Uses[2] {
		vary(func(in *Inputs) { in.C = true })
	}
	if p.Uses[3] {
		for _, in := range slices.Clone(all) {
			for _, n := range []int{-1, 1, 2, 3} {
				in.N = n
				all = append(all, in)
			}
		}
	}
	return all
}

// most bounds the runs of one program, once and twice each.
const most = 600

// Watch runs p with all its inputs.
func (p *Program) Watch(bubble func(func(wait func()))) *Report {
	r := &Report{ID: p.ID}
	all := p.assignments()
	left := most
	try := func(again, open bool, inputs string, f func(context.Context)) {
		runs, complete := All(left, func() {
			if p.Bubble {
				bubble(func(wait func()) { Once(r, again, open, inputs, f, wait) })
			} else {
				Once(r, again, open, inputs, f, func() {})
			}
		})
		left -= runs
		r.Capped = r.Capped || !complete
	}
	for _, in := range all {
		try(false, false, fmt.Sprintf("a=%t b=%t c=%t n=%d", in.A, in.B, in.C, in.N), func(ctx context.Context) { p.Once(ctx, in) })
	}
	left = most
	for _, o := range p.Open {
		for n := range len(o.Methods) * len(o.Methods) * len(o.Methods) {
			order := []int{n % len(o.Methods), n / len(o.Methods) % len(o.Methods), n / len(o.Methods) / len(o.Methods)}
			try(false, true, fmt.Sprintf("methods %v", order), func(ctx context.Context) {
				w := o.Make(ctx)
				if w == nil {
					return
				}
				for _, m := range order {
					o.Methods[m](ctx, w)
				}
				o.Close(w)
			})
		}
	}
	if p.Twice == nil {
		return r
	}
	left = most
	for i, first := range all {
		for j := range all {
			second := all[(i+j)%len(all)]
			try(true, false, fmt.Sprintf("%+v, then %+v", first, second), func(ctx context.Context) { p.Twice(ctx, first, second) })
		}
	}
	return r
}
