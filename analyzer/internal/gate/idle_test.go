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

func open() (o owner, err error) { _, o.cancel = context.WithCancel(context.TODO()); return }
func opener() func() { o, _ := open(); return o.cancel }
func quiet() func() { return func() {} }
func hold() *holder         { return nil }
func count() (*plain, error) { return nil, nil }
func use(context.Context)   {}
func serve() (string, func(), error) { _, stop := context.WithCancel(context.TODO()); return "", stop, nil }
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
		"what returns an owner":                 {`func F() { o, err := open(); _, err = open(); _, _ = o, err }`, true},
		"an owner that may be stored over":      {`func F() { o, _ := open(); o, _ = open(); _ = o }`, false},
		"an owner in one that there was":        {`func F() { var o owner; o, _ = open(); _ = o }`, false},
		"whose address is taken":                {`func F() { o, _ := open(); func(*owner) {}(&o) }`, false},
		"an owner far inside":                   {`func F() { hold() }`, true},
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
		"one whose release is deferred later":   {`func F() { c, stop := context.WithCancel(context.TODO()); use(c); defer stop() }`, true},
		"after what ends the test":              {`func F() { c, stop := context.WithCancel(context.TODO()); if c == nil { panic("") }; defer stop() }`, true},
		"after what ends the function":          {`func F() { c, stop := context.WithCancel(context.TODO()); if c == nil { return }; defer stop() }`, false},
		"after what ends a literal":             {`func F() { c, stop := context.WithCancel(context.TODO()); func() { if c == nil { return } }(); defer stop() }`, true},
		"after what may leave a loop":           {`func F() { for range 2 { func() { for { c, stop := context.WithCancel(context.TODO()); if c == nil { break }; defer stop() } }() } }`, false},
		"one that the test's end releases":      {`func F(t *testing.T) { c, stop := context.WithCancel(context.TODO()); t.Cleanup(stop); use(c) }`, true},
		"what another function returns":         {`func F() { s, stop, err := serve(); if err != nil { panic(s) }; defer stop() }`, true},
		"that is not released":                  {`func F() { s, stop, err := serve(); if err != nil { panic(s) }; _ = stop }`, false},
		"that is thrown away":                   {`func F() { _, _, err := serve(); if err != nil { panic(err) } }`, false},
		"that has no name":                      {`func F() { serve() }`, false},
		"that is released and made again":       {`func F() { _, stop, _ := serve(); defer stop(); _, stop, _ = serve() }`, false},
		"that gets away":                        {`func F() { _, stop, _ := serve(); defer stop(); func(f any) {}(stop) }`, false},
		"a literal with a name":                 {`func F() { f := func() error { return nil }; func(f any) {}(f) }`, true},
		"and another value":                     {`func F() { f := func() error { return nil }; f = nil; f() }`, true},
		"and a release":                         {`func F() { f := func() {}; _, f = context.WithCancel(context.TODO()); f() }`, false},
		"a release that is made again":          {`func F() { c, stop := context.WithCancel(context.TODO()); defer stop(); c, stop = context.WithCancel(c); defer stop() }`, true},
		"before it is deferred":                 {`func F() { c, stop := context.WithCancel(context.TODO()); c, stop = context.WithCancel(c); defer stop() }`, false},
		"and is not deferred":                   {`func F() { c, stop := context.WithCancel(context.TODO()); defer stop(); c, stop = context.WithCancel(c); stop() }`, false},
		"in an element":                         {`func F() { var all [2]func(); _, all[0] = context.WithCancel(context.TODO()) }`, false},
		"what makes nothing":                    {`func F() { quiet(); stop := quiet(); stop() }`, true},
		"what hands on what another makes":      {`func F() { stop := opener(); stop() }`, false},
		"a method of an interface":              {`func F(i interface{ stop() func() }) { i.stop() }`, false},
		"that is concerned":                     {`func F() { f := func() { context.WithCancel(context.TODO()) }; f() }`, false},
		"a parameter without a name":            {`func F() { func(_ func()) {}(nil) }`, true},
		"a parameter with one":                  {`func F() { func(stop func()) {}(nil) }`, false},
		"another release":                       {`var end func(); func F() { c, stop := context.WithCancel(context.TODO()); defer end(); use(c); _ = stop }`, false},
		"one that is released before, too":      {`func F() { c, stop := context.WithCancel(context.TODO()); defer stop(); use(c); stop() }`, true},
		"in a variable that there was":          {`func F() { var stop func(); c, stop := context.WithCancel(context.TODO()); defer stop(); use(c) }`, false},
		"beside another one":                    {`func F() { c, stop := context.WithCancel(context.TODO()); defer stop(); d, _ := context.WithCancel(c); use(d) }`, false},
		"what a fact says owes":                 {`func F() { err := context.TODO().Err(); println(err) }`, true},
		"a function, as a fact says":            {`func F() { sync.OnceFunc(nil) }`, false},
		"that is deferred":                      {`func F() { stop := sync.OnceFunc(nil); defer stop() }`, true},
		"what unregisters a callback":           {`func F() { stop := context.AfterFunc(context.TODO(), nil); defer stop() }`, false},
		"what a fact says only derives it":      {`func F() { context.TODO().Value(1) }`, true},
	} {
		t.Run(name, func(t *testing.T) {
			pass := checked(t, map[string]string{
				"p.go":      idlePackage,
				"p_test.go": "package p\nimport (\"context\"; \"sync\"; \"testing\")\nvar _ context.Context; var _ sync.Mutex; var _ testing.T\n" + test.src,
			})
			idle := Idle(pass, func(fn *types.Func) Use {
				return map[string]Use{"Err": Owes, "OnceFunc": Owes, "Value": Derives}[fn.Name()]
			})
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
