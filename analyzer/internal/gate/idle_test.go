package gate

import (
	"go/types"
	"testing"
)

const idlePackage = `package p

import "context"

type owner struct{ cancel func() }

type holder struct{ in map[string][]*owner }

type plain struct{ n int; f func(int) int }

func open() (owner, error)  { return owner{}, nil }
func hold() *holder         { return nil }
func count() (*plain, error) { return nil, nil }
func use(context.Context)   {}
`

// TestIdle has test functions called F that are idle, and twins that are not.
func TestIdle(t *testing.T) {
	for name, test := range map[string]struct {
		src  string
		want bool
	}{
		"contexts that nobody has to end":       {`func F() { use(context.WithValue(context.TODO(), 1, 2)) }`, true},
		"one to be released":                    {`func F() { c, _ := context.WithCancel(context.TODO()); use(c) }`, false},
		"a source as a value":                   {`func F() { f := context.WithCancel; _ = f }`, false},
		"what returns plain data":               {`func F() { _, _ = count() }`, true},
		"what returns an owner":                 {`func F() { _, _ = open() }`, false},
		"an owner far inside":                   {`func F() { hold() }`, false},
		"a variable that is an owner":           {`var o owner; func F() { o = owner{} }`, true},
		"its field":                             {`var o owner; func F() { o.cancel() }`, false},
		"variables that can be called":          {`var all map[string][]func(); func F() { clear(all) }`, false},
		"others that can":                       {`var all map[string][]func(int); func F() { clear(all) }`, true},
		"a recursive type":                      {`type list []list; var l list; func F() { l = nil }`, true},
		"called by one that is not":             {`func F() {}; func G(stop func()) { F() }`, false},
		"by way of another":                     {`func F() {}; func h() { F() }; func G(stop func()) { h() }`, false},
		"called by one that is":                 {`func F() {}; func G() { F() }`, true},
		"called by a method of an owner":        {`func (*owner) M() { F() }; func F() {}`, false},
		"called by one of another type":         {`type T int; func (T) M() { F() }; func F() {}`, true},
		"a method of a suite":                   {`type suite struct{ n int }; func (suite) F() {}`, true},
		"called for a variable":                 {`var x = F(); func F() int { return 1 }`, false},
		"by itself":                             {`func F() { F() }`, true},
		"a generic one that is called":          {`func F[T any](x T) T { return x }; func G(stop func()) { F(stop); F(1) }`, false},
		"a literal that releases":               {`func F() { func(stop func()) { stop() }(func() {}) }`, false},
		"one whose release is deferred at once": {`func F() { c, stop := context.WithCancel(context.TODO()); defer stop(); use(c) }`, true},
		"in a literal in a loop":                {`func F() { for range 2 { func() { c, stop := context.WithCancel(context.TODO()); defer stop(); use(c) }() } }`, true},
		"in a loop":                             {`func F() { for range 2 { c, stop := context.WithCancel(context.TODO()); defer stop(); use(c) } }`, false},
		"in a loop made by hand":                {`func F() { again: c, stop := context.WithCancel(context.TODO()); defer stop(); use(c); goto again }`, false},
		"in a case":                             {`func F() { switch { case true: c, stop := context.WithCancelCause(context.TODO()); defer stop(nil); use(c) } }`, true},
		"one whose release is deferred later":   {`func F() { c, stop := context.WithCancel(context.TODO()); use(c); defer stop() }`, false},
		"another release":                       {`var end func(); func F() { c, stop := context.WithCancel(context.TODO()); defer end(); use(c); _ = stop }`, false},
		"one that is released before, too":      {`func F() { c, stop := context.WithCancel(context.TODO()); defer stop(); use(c); stop() }`, false},
		"in a variable that there was":          {`func F() { var stop func(); c, stop := context.WithCancel(context.TODO()); defer stop(); use(c) }`, false},
		"beside another one":                    {`func F() { c, stop := context.WithCancel(context.TODO()); defer stop(); d, _ := context.WithCancel(c); use(d) }`, false},
		"what a fact says owes":                 {`func F() { context.TODO().Err() }`, false},
		"what a fact says only derives it":      {`func F() { context.TODO().Value(1) }`, true},
	} {
		t.Run(name, func(t *testing.T) {
			pass := checked(t, map[string]string{
				"p.go":      idlePackage,
				"p_test.go": "package p\nimport \"context\"\nvar _ context.Context\n" + test.src,
			})
			idle := Idle(pass, func(fn *types.Func) Use { return map[string]Use{"Err": Owes, "Value": Derives}[fn.Name()] })
			found := false
			for fd, is := range idle {
				if pass.Fset.Position(fd.Pos()).Filename != "p_test.go" {
					t.Errorf("%s is in no test file", fd.Name.Name)
				}
				if fd.Name.Name == "F" {
					if found = true; is != test.want {
						t.Errorf("F is idle: %v", is)
					}
				}
			}
			if !found {
				t.Error("no F")
			}
		})
	}
}
