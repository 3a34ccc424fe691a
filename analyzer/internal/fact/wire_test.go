package fact

import (
	"bytes"
	"encoding/gob"
	"go/token"
	"go/types"
	"reflect"
	"testing"
)

func sample() *Func {
	return &Func{
		NoReturn: true, Derives: 1, DoneWith: 2,
		Results: []Result{{
			Index: 1, Path: "*.2;[k];.v;", Methods: []string{"Close", "Recv"}, Ends: []string{"Recv"}, Ctx: 0, CtxPath: "*.0;",
			Group: 2, Failure: 2, OK: 1, Sign: "*.1;", Unset: true, Parent: -1, Holder: 1, Held: "*.3;", Life: UntilHolder, Limit: "5s", Source: "context.WithTimeout", Idle: true, Local: true, Stop: true,
		}},
		Params: []Param{{Arg: 1, Releases: true, Leaves: true, Returns: []int{0, 1}}},
	}
}

// TestFields demands that no field is forgotten: every one of the sample is set,
// and comes back.
func TestFields(t *testing.T) {
	f := sample()
	for _, v := range []reflect.Value{reflect.ValueOf(*f), reflect.ValueOf(f.Results[0]), reflect.ValueOf(f.Params[0])} {
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; v.Field(i).IsZero() && name != "Ctx" {
				t.Errorf("the sample does not set %s.%s", v.Type(), name)
			}
		}
	}
	f.Results[0].Ctx = 3
	if back := roundTrip(t, f); !reflect.DeepEqual(back, f) {
		t.Errorf("%+v comes back as %+v", f, back)
	}
	if back := roundTrip(t, new(Func)); !back.Empty() {
		t.Errorf("an empty fact comes back as %+v", back)
	}
}

func roundTrip(t *testing.T, f *Func) *Func {
	t.Helper()
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(f); err != nil {
		t.Fatal(err)
	}
	back := new(Func)
	if err := gob.NewDecoder(&b).Decode(back); err != nil {
		t.Fatal(err)
	}
	return back
}

// TestForeign demands that bytes of another version, truncated ones and ones with
// more behind them are no fact.
func TestForeign(t *testing.T) {
	data, err := sample().GobEncode()
	if err != nil {
		t.Fatal(err)
	}
	foreign := [][]byte{nil, append([]byte{version + 1}, data[1:]...), append([]byte{version - 1}, data[1:]...), append(bytes.Clone(data), 0), make([]byte, maxWire+1)}
	for n := range data {
		foreign = append(foreign, data[:n])
	}
	for _, b := range foreign {
		f := sample()
		if err := f.GobDecode(b); err != nil || !f.Empty() {
			t.Errorf("of %d bytes: %+v, %v", len(b), f, err)
		}
	}
}

// signature has a receiver, two parameters and three results.
func signature() *types.Signature {
	v := func() *types.Var { return types.NewVar(token.NoPos, nil, "", types.Typ[types.Int]) }
	return types.NewSignatureType(v(), nil, nil, types.NewTuple(v(), v()), types.NewTuple(v(), v(), v()), false)
}

func TestFits(t *testing.T) {
	sig := signature()
	if f := sample(); !f.Fits(sig) {
		t.Errorf("%+v does not fit", f)
	}
	for name, spoil := range map[string]func(*Func){
		"derives":     func(f *Func) { f.Derives = 4 },
		"done with":   func(f *Func) { f.DoneWith = 4 },
		"index":       func(f *Func) { f.Results[0].Index = 3 },
		"negative":    func(f *Func) { f.Results[0].Index = -1 },
		"context":     func(f *Func) { f.Results[0].Ctx = 3 },
		"parent":      func(f *Func) { f.Results[0].Parent = 3 },
		"ok":          func(f *Func) { f.Results[0].OK = 4 },
		"failure":     func(f *Func) { f.Results[0].Failure = 4 },
		"life":        func(f *Func) { f.Results[0].Life = 9 },
		"path":        func(f *Func) { f.Results[0].Path = "*.x" },
		"step":        func(f *Func) { f.Results[0].Path = "!2;" },
		"field":       func(f *Func) { f.Results[0].CtxPath = ".-1;" },
		"sign":        func(f *Func) { f.Results[0].Sign = "x" },
		"argument":    func(f *Func) { f.Params[0].Arg = 3 },
		"returns":     func(f *Func) { f.Params[0].Returns[0] = 3 },
		"no argument": func(f *Func) { f.Params[0].Arg = -1 },
	} {
		f := sample()
		if spoil(f); f.Fits(sig) {
			t.Errorf("%s: %+v fits", name, f)
		}
	}
}

// FuzzDecode demands of any bytes that they decode without a panic or an error,
// into something that is written as it was read.
func FuzzDecode(f *testing.F) {
	data, _ := sample().GobEncode()
	f.Add(data)
	f.Add([]byte{version})
	f.Add([]byte{version, 2, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1})
	sig := signature()
	f.Fuzz(func(t *testing.T, data []byte) {
		g := new(Func)
		if err := g.GobDecode(data); err != nil {
			t.Fatal(err)
		}
		g.Fits(sig)
		_ = g.String()
		again, err := g.GobEncode()
		if err != nil {
			t.Fatal(err)
		}
		h := new(Func)
		if err := h.GobDecode(again); err != nil || !reflect.DeepEqual(g, h) {
			t.Fatalf("%+v becomes %+v (%v)", g, h, err)
		}
	})
}
