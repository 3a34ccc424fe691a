package gate

import (
	"go/ast"
	"go/types"
	"testing"
)

const conePackage = `package p

import ("context"; "sync")

type owner struct{ cancel func(); mu sync.Mutex; n, m int; ctx context.Context }

func open(ctx context.Context) *owner {
	_, stop := context.WithCancel(ctx)
	return &owner{cancel: stop}
}

type plain struct{ n, m int; mu sync.Mutex }

type runner interface{ run() }

type hidden struct{ stop func() }

func (h *hidden) run() { h.stop() }

func start(ctx context.Context) runner {
	_, stop := context.WithCancel(ctx)
	return &hidden{stop}
}

type quiet struct{ stop func() }
`

// TestOutside has functions called F that no fact depends on, and twins on which
// one may.
func TestOutside(t *testing.T) {
	for name, test := range map[string]struct {
		src  string
		want bool
	}{
		"what makes something and hands it on":         {`func F(ctx context.Context) (context.Context, func()) { return context.WithCancel(ctx) }`, false},
		"what makes something and keeps it":            {`func F(ctx context.Context) { _, stop := context.WithCancel(ctx); stop() }`, true},
		"in a literal that hands it on":                {`func F() { _ = func() *owner { return open(nil) } }`, false},
		"in one that does not":                         {`func F() { _ = func() { open(nil).cancel() } }`, true},
		"what hands on what another makes":             {`func F() *owner { return open(nil) }`, false},
		"by way of two":                                {`func F() any { return g() }; func g() *owner { return open(nil) }`, false},
		"what returns a context":                       {`func F(ctx context.Context) context.Context { return ctx }`, false},
		"a method of an owner":                         {`func (o *owner) F() {}`, false},
		"of another type":                              {`func (p *plain) F() {}`, true},
		"of what is returned as an interface":          {`func (h *hidden) F() {}`, false},
		"of what is like it, and not returned":         {`func (q *quiet) F() {}`, true},
		"what importers give a function":               {`func F(stop func()) {}`, false},
		"what only the package can give one":           {`func f(stop func()) { F() }; func F() { println() }`, true},
		"what importers give an owner":                 {`func F(o *owner) {}`, false},
		"what may never return":                        {`func F() { for { println() } }`, false},
		"what does":                                    {`func F() { for range 3 { println() } }`, true},
		"what an owner's method gives it to":           {`func (o *owner) work() { F(o.ctx) }; func F(ctx context.Context) {}`, false},
		"what it gives nothing":                        {`func (o *owner) work() { F(o.n) }; func F(n int) { println(n) }`, true},
		"what it tests":                                {`func (o *owner) work() { F(1) }; func F(n int) bool { return n > 0 }`, false},
		"what does more than to look":                  {`func (o *owner) work() { F(1) }; func F(n int) bool { println(n); return append([]int{}, n) != nil }`, true},
		"that looks under a lock":                      {`var p plain; func (o *owner) work() { F() }; func F() bool { p.mu.Lock(); defer p.mu.Unlock(); return p.n > 0 }`, false},
		"that looks for a caller that does not matter": {`func f() { F(1) }; func F(n int) bool { return n > 0 }`, true},
		"that asks for the end":                        {`var c context.Context; func (o *owner) work() { F() }; func F() bool { select { case <-c.Done(): return true; default: return false } }`, false},
		"what sets the field on which it decides":      {`type p2 struct { n, m int }; var p p2; func (o *owner) work() { if p.n > 0 { o.cancel() } }; func F() { p.n = len(append([]int{}, 1)) }`, false},
		"another field":                                {`type p2 struct { n, m int }; var p p2; func (o *owner) work() { if p.n > 0 { o.cancel() } }; func F() { p.m = len(append([]int{}, 1)) }`, true},
		"what only reads it":                           {`type p2 struct { n, m int }; var p p2; func (o *owner) work() { if p.n > 0 { o.cancel() } }; func F() { println(append([]int{}, p.n)) }`, true},
		"what a variable names":                        {`var x = F(1); func F(n int) int { println(n); return n }`, false},
	} {
		t.Run(name, func(t *testing.T) {
			pass := checked(t, map[string]string{
				"p.go": conePackage,
				"q.go": "package p\nimport \"context\"\nvar _ context.Context\n" + test.src,
			})
			loops := func(fd *ast.FuncDecl) bool {
				return !within(fd, func(n ast.Node) bool { _, loop := n.(*ast.ForStmt); return loop })
			}
			outside := Outside(pass, func(*types.Func) Use { return None }, loops)
			found := false
			for fd, is := range outside {
				if fd.Body == nil || !is {
					t.Errorf("%s is in the set: %v", fd.Name.Name, is)
				}
				found = found || fd.Name.Name == "F"
			}
			if found != test.want {
				t.Errorf("F is outside: %v", found)
			}
		})
	}
}
