package format

import (
	"unicode/utf8"

	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/finding"
)

// An htmlGraph is a picture of what keeps a context alive: the parent, which
// has it registered; the function that made it; the holder of what would have
// ended it.
//
//	[parent] ──keeps──▶ [context] ◀╌╌╌ [holder]
//	                        ▲
//	                    [creator]
type htmlGraph struct {
	Text                             string // what it shows, in a sentence
	Parent, Context, Holder, Creator htmlNode
	Until                            string
	Lost                             string // what is the matter with the holder
	Kept                             bool   // the holder itself keeps the context
}

// An htmlNode is a box of it.
type htmlNode struct {
	Kind string // what it is, above its name
	Name string // short enough for its box
	Full string
}

func node(kind, name string) htmlNode {
	name = printable(name, false)
	return htmlNode{kind, ellipsis(name, 26), name}
}

// ellipsis shortens s to n characters, in its middle: both ends tell.
func ellipsis(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	r := []rune(s)
	return string(r[:n/2]) + "…" + string(r[len(r)-(n-n/2-1):])
}

// graph draws f's context, if enough is known of it.
func (in *Input) graph(f *finding.Finding) *htmlGraph {
	k := f.Keeps
	if k.Creator == "" && k.Holder == "" {
		return nil
	}
	g := &htmlGraph{
		Parent:  node("parent", orElse(k.Parent, "its parent")),
		Context: node("context", orElse(k.Creator, "the context")),
		Creator: node("made in", orElse(in.Source.Func(f.Pos.File, f.Pos.Line), "a package-level variable")),
		Holder:  node("its release", orElse(k.Holder, "nobody")),
		Until:   k.Until,
	}
	if f.Rule == "stored" || k.Creator == "" {
		g.Kept = true
		g.Parent = htmlNode{}
		g.Context = node("context", "the context")
		g.Creator.Kind = "kept by"
		g.Holder.Kind = "kept in"
		g.Lost = "keeps it"
		g.Text = g.Holder.Full + " keeps the context alive after the call has ended"
		return g
	}
	var release string // the end of the sentence
	switch f.Rule {
	case "overwritten", "dropped":
		g.Lost = f.Rule
		release = g.Holder.Full + " held its release, and is " + f.Rule
	case "neverreleased":
		g.Lost = "never called"
		release = g.Holder.Full + " holds its release, which nothing calls"
	case "piledup":
		g.Holder = node("its release", "a deferred call")
		g.Lost = "too late"
		release = "its release is deferred, and comes too late"
	case "unclosed":
		g.Holder = node("its release", "a method of its owner")
		g.Lost = "not called"
		release = "its owner has a method that releases it, which is not called"
	case "lostpath":
		g.Holder = node("its release", "not on every path")
		g.Lost = "forgotten"
		release = "some path forgets to release it"
	default:
		g.Holder = node("its release", "nobody has it")
		g.Lost = "thrown away"
		release = "nobody can release it"
	}
	g.Text = g.Parent.Full + " keeps the context made by " + g.Context.Full + " in " + g.Creator.Full + " alive until " + orElse(k.Until, "it ends") + "; " + release
	return g
}
