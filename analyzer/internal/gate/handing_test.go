package gate

import (
	"go/types"
	"testing"
)

// TestHanding has packages in which f, which importers cannot call, hands on what it
// makes, to callers that hand it on to importers, or do not.
func TestHanding(t *testing.T) {
	const maker = `package p
import "context"
func f(p context.Context) (context.Context, func()) { return context.WithCancel(p) }
func keep(any) {}
type t struct{}
`
	for name, test := range map[string]struct {
		src  string
		want bool
	}{
		"to nobody":                     {``, false},
		"to one that releases it":       {`func F(p context.Context) { _, stop := f(p); stop() }`, false},
		"to one that hands it on":       {`func F(p context.Context) any { _, stop := f(p); return stop }`, true},
		"by way of another":             {`func F(p context.Context) any { return g(p) }; func g(p context.Context) any { _, stop := f(p); return stop }`, true},
		"to another that releases it":   {`func F(p context.Context) { g(p)() }; func g(p context.Context) func() { _, stop := f(p); return stop }`, false},
		"to a literal that hands it on": {`func F(p context.Context) { keep(func() any { _, stop := f(p); return stop }) }`, true},
		"to a literal that does not":    {`func F(p context.Context) { keep(func() { _, stop := f(p); stop() }) }`, false},
		"as a value":                    {`func F() any { return f }`, true},
		"by a variable":                 {`var v = f`, true},
		"by a hidden type's method":     {`func (t) F(p context.Context) any { _, stop := f(p); return stop }`, false},
		"by that of a type that shows":  {`func (t) F(p context.Context) any { _, stop := f(p); return stop }; func New() *t { return nil }`, true},
		"of a variable":                 {`func (t) F(p context.Context) any { _, stop := f(p); return stop }; var V = []t{}`, true},
		"of an embedded field":          {`func (t) F(p context.Context) any { _, stop := f(p); return stop }; type T struct { t }`, true},
		"of a hidden field":             {`func (t) F(p context.Context) any { _, stop := f(p); return stop }; type T struct { f t }`, false},
		"of an exported method":         {`func (t) F(p context.Context) any { _, stop := f(p); return stop }; type T struct {}; func (T) Get() map[string]t { return nil }`, true},
		"of an alias":                   {`func (t) F(p context.Context) any { _, stop := f(p); return stop }; type T = t`, true},
		"of a type parameter":           {`func (t) F(p context.Context) any { _, stop := f(p); return stop }; type T[E any] struct { F E }; var V T[chan t]`, true},
		"of a callback":                 {`func (t) F(p context.Context) any { _, stop := f(p); return stop }; func G(func(int) *t) {}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			pass := checked(t, map[string]string{"p.go": maker + test.src})
			if got := Tells(pass.Pkg, pass.Files, pass.TypesInfo, func(*types.Func) Use { return None }); got != test.want {
				t.Errorf("Tells is %v", got)
			}
		})
	}
}
