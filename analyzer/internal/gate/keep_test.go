package gate

import (
	"go/types"
	"testing"
)

// TestLeaks has functions, one a package, in which a rule may find something, and
// twins in which none does.
func TestLeaks(t *testing.T) {
	for name, test := range map[string]struct {
		src  string
		want bool
	}{
		"makes one":                      {`func F(c context.Context) { _, stop := context.WithCancel(c); stop() }`, true},
		"hands one on":                   {`func F(c context.Context) { do(c) }`, false},
		"derives one":                    {`func F(c context.Context) { do(context.WithValue(c, 1, 2)) }`, false},
		"again and again":                {`func F(c context.Context) { for { c = context.WithValue(c, 1, 2); do(c) } }`, true},
		"takes another":                  {`func F(c, d context.Context) { c = d; do(c) }`, false},
		"keeps one in a field":           {`func F(c context.Context, t *T) { t.c = c }`, true},
		"keeps another thing":            {`func F(c context.Context, t *T) { t.n = 1; do(c) }`, false},
		"keeps it as any":                {`func F(c context.Context, t *T) { t.any = c }`, true},
		"keeps another thing as any":     {`func F(c context.Context, t *T) { t.any = t; do(c) }`, false},
		"keeps it in a package variable": {`func F(d context.Context) { c = d }`, true},
		"by a pointer":                   {`func F(c context.Context, p *context.Context) { *p = c }`, true},
		"by a pair":                      {`func F(t *T) { t.c, t.n = two() }; func two() (context.Context, int) { return nil, 0 }`, true},
		"to a local variable by one":     {`func F() { var c context.Context; var n int; c, n = two(); do(c); _ = n }; func two() (context.Context, int) { return nil, 0 }`, false},
		"to nothing":                     {`func F(c context.Context) { _ = c }`, false},
		"in a literal":                   {`func F(c context.Context) *T { return &T{c: c} }`, true},
		"beside a literal":               {`func F(c context.Context) *T { do(c); return &T{n: 1} }`, false},
		"in a slice":                     {`func F(c context.Context, all []context.Context) []context.Context { return append(all, c) }`, true},
		"beside a slice":                 {`func F(c context.Context, all []int) []int { do(c); return append(all, 1) }`, false},
		"in what a call is given":        {`func F(c context.Context) { log(nil, 1, c) }`, true},
		"as a parameter of its own":      {`func F(c context.Context) { log(c, 1, 2) }`, false},
		"sends it":                       {`func F(c context.Context, to chan context.Context) { to <- c }`, true},
		"sends another thing":            {`func F(c context.Context, to chan int) { do(c); to <- 1 }`, false},
		"in a range":                     {`func F(all []context.Context, t *T) { for _, t.c = range all { } }`, true},
		"another thing in a range":       {`func F(all []context.Context, t *T) { for t.n = range all { } }`, false},
		"that of a request":              {`func F(r *http.Request) { do(r.Context()) }`, true},
		"of something like it":           {`func F(r request) { do(r.Context()) }; type request struct{}; func (request) Context() context.Context { return nil }`, false},
	} {
		t.Run(name, func(t *testing.T) {
			src := "package p\nimport (\"context\"; \"net/http\")\nvar c context.Context\nvar _ http.Request\ntype T struct { c context.Context; n int; any any }\nfunc do(context.Context) {}\nfunc log(context.Context, int, ...any) {}\n" + test.src
			pass := checked(t, map[string]string{"p.go": src})
			if got := Leaks(pass.Pkg, pass.Files, pass.TypesInfo, func(*types.Func) Use { return None }); got != test.want {
				t.Errorf("Leaks is %v", got)
			}
		})
	}
}
