package fact

import (
	"encoding/binary"
	"errors"
	"go/types"
	"strconv"
	"strings"
)

// The wire form of a Func is a version and then its fields in order, numbers as
// varints and strings behind their length: small, and with equal bytes for equal
// facts. Facts come from files that another version of the tool may have
// written, or anybody: what is not understood whole is no fact.

// version is that of the wire form. Raise it with every change of Func.
const version = 4

// The bounds of what is read. Real facts have a few results, and paths of under
// 100 bytes.
const (
	maxWire = 1 << 16 // bytes of a fact
	maxList = 256     // elements of a list
	maxText = 1 << 10 // bytes of a string
)

var errMalformed = errors.New("malformed fact")

// GobEncode implements gob.GobEncoder.
func (f *Func) GobEncode() ([]byte, error) {
	w := writer{version}
	w.bool(f.NoReturn)
	w.int(f.Derives)
	w.int(f.DoneWith)
	w.int(len(f.Results))
	for i := range f.Results {
		f.Results[i].fields(&w)
	}
	w.int(len(f.Params))
	for i := range f.Params {
		f.Params[i].fields(&w)
	}
	return w, nil
}

// GobDecode implements gob.GobDecoder. It never fails: of bytes that are of
// another version, truncated or otherwise not a fact, f is empty.
func (f *Func) GobDecode(data []byte) error {
	*f = Func{}
	if len(data) == 0 || len(data) > maxWire || data[0] != version {
		return nil
	}
	r := reader{rest: data[1:]}
	var g Func
	r.bool(&g.NoReturn)
	r.int(&g.Derives)
	r.int(&g.DoneWith)
	for range r.length() {
		var x Result
		x.fields(&r)
		g.Results = append(g.Results, x)
	}
	for range r.length() {
		var x Param
		x.fields(&r)
		g.Params = append(g.Params, x)
	}
	if r.err == nil && len(r.rest) == 0 {
		*f = g
	}
	return nil
}

// A codec passes over the fields of a value, to write them or to set them.
type codec interface {
	field(p any)
}

func (x *Result) fields(c codec) {
	life := int(x.Life)
	for _, p := range []any{
		&x.Index, &x.Path, &x.Methods, &x.Ends, &x.Ctx, &x.CtxPath, &x.Group, &x.Failure, &x.OK, &x.Sign, &x.Unset, &x.Parent, &x.Holder, &x.Held,
		&life, &x.Limit, &x.Source, &x.Idle, &x.Local, &x.Stop,
	} {
		c.field(p)
	}
	x.Life = Life(life)
}

func (x *Param) fields(c codec) {
	for _, p := range []any{&x.Arg, &x.Releases, &x.Leaves, &x.Returns} {
		c.field(p)
	}
}

type writer []byte

func (w *writer) field(p any) {
	switch p := p.(type) {
	case *bool:
		w.bool(*p)
	case *int:
		w.int(*p)
	case *string:
		w.string(*p)
	case *[]string:
		w.int(len(*p))
		for _, s := range *p {
			w.string(s)
		}
	case *[]int:
		w.int(len(*p))
		for _, i := range *p {
			w.int(i)
		}
	}
}

func (w *writer) int(i int)       { *w = binary.AppendVarint(*w, int64(i)) }
func (w *writer) string(s string) { w.int(len(s)); *w = append(*w, s...) }

func (w *writer) bool(b bool) {
	if b {
		w.int(1)
	} else {
		w.int(0)
	}
}

type reader struct {
	rest []byte
	err  error
}

func (r *reader) field(p any) {
	switch p := p.(type) {
	case *bool:
		r.bool(p)
	case *int:
		r.int(p)
	case *string:
		r.string(p)
	case *[]string:
		for range r.length() {
			var s string
			r.string(&s)
			*p = append(*p, s)
		}
	case *[]int:
		for range r.length() {
			var i int
			r.int(&i)
			*p = append(*p, i)
		}
	}
}

func (r *reader) int(p *int) {
	v, n := binary.Varint(r.rest)
	if n <= 0 || v != int64(int32(v)) {
		r.err, r.rest = errMalformed, nil
		return
	}
	*p, r.rest = int(v), r.rest[n:]
}

func (r *reader) bool(p *bool) {
	var i int
	r.int(&i)
	*p = i == 1
	if i != 0 && i != 1 {
		r.err = errMalformed
	}
}

// length reads the length of a list: 0 once something was malformed, so that a
// loop over it ends.
func (r *reader) length() int {
	var n int
	r.int(&n)
	if n < 0 || n > maxList || r.err != nil {
		r.err, r.rest = errMalformed, nil
		return 0
	}
	return n
}

func (r *reader) string(p *string) {
	var n int
	r.int(&n)
	if n < 0 || n > maxText || n > len(r.rest) || r.err != nil {
		r.err, r.rest = errMalformed, nil
		return
	}
	*p, r.rest = string(r.rest[:n]), r.rest[n:]
}

// Fits reports whether f can be about a function with this signature: every
// result and parameter that it names is there, and every path can be read. A fact
// of another version of the function's package may not.
func (f *Func) Fits(sig *types.Signature) bool {
	results := sig.Results().Len()
	params := sig.Params().Len()
	if sig.Recv() != nil {
		params++
	}
	within := func(i, low, high int) bool { return low <= i && i < high }
	if !within(f.Derives, 0, params+1) || !within(f.DoneWith, 0, params+1) {
		return false
	}
	for _, r := range f.Results {
		if !within(r.Index, 0, results) || !within(r.Ctx, -1, results) || !within(r.Parent, -1, params) ||
			!within(r.Holder, 0, params+1) || !readable(r.Held) || !within(r.OK, 0, results+1) || !within(r.Failure, 0, results+1) || r.Group < 0 ||
			!within(int(r.Life), int(UntilParent), int(UntilHolder)+1) || !readable(r.Path) || !readable(r.CtxPath) || !readable(r.Sign) {
			return false
		}
	}
	for _, p := range f.Params {
		if !within(p.Arg, 0, params) {
			return false
		}
		for _, i := range p.Returns {
			if !within(i, 0, results) {
				return false
			}
		}
	}
	return true
}

// readable reports whether path is made of the steps that package flow knows:
// "*", ".2;", "#1;", ".v;" and "[k];".
func readable(path string) bool {
	for path != "" {
		if path[0] == '*' {
			path = path[1:]
			continue
		}
		end := strings.IndexByte(path, ';')
		if end < 1 {
			return false
		}
		step := path[:end]
		path = path[end+1:]
		switch step[0] {
		case '.', '#':
			if _, err := strconv.ParseUint(step[1:], 10, 16); err != nil && step != ".v" {
				return false
			}
		case '[':
			if step[len(step)-1] != ']' {
				return false
			}
		default:
			return false
		}
	}
	return true
}
