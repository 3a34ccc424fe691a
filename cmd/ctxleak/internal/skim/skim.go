// Package skim looks at the text of packages that the analyzer's gate keeps
// out.
//
// In come files; out goes whether the analysis could export a fact about a
// function that never returns: whether the package has to be type-checked after
// all. Most files are searched for a few words, most of the rest are read token by
// token (tokens.go), and few are parsed.
package skim

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"sync"

	"github.com/ctxleak/ctxleak/analyzer/unit"
)

// Names are those of all functions so far that never return, in whatever
// package. That those of packages that a package does not import are among them
// makes for a closer look at it, not for another result. Several goroutines may
// use one.
type Names struct {
	mu    sync.RWMutex
	known map[string]bool
	list  [][]byte
}

// NewNames returns the names that are known before any package is analysed.
func NewNames() *Names {
	n := &Names{known: make(map[string]bool)}
	for _, name := range unit.Names() {
		n.Add(name)
	}
	return n
}

// Add adds a name.
func (n *Names) Add(name string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.known[name] {
		n.known[name] = true
		n.list = append(n.list, []byte(name))
	}
}

// Has reports whether name is one of them.
func (n *Names) Has(name string) bool {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.known[name]
}

// in reports whether any of the names occurs in src.
func (n *Names) in(src []byte) bool {
	n.mu.RLock()
	list := n.list
	n.mu.RUnlock()
	for _, name := range list {
		if bytes.Contains(src, name) {
			return true
		}
	}
	return false
}

// MayExport reports whether a package of these files may have a function that
// never returns. One file at a time is enough: the first such function of a
// package calls one of another.
func (n *Names) MayExport(files []string, read func(file string) ([]byte, error)) bool {
	for _, file := range files {
		src, err := read(file)
		if err != nil || !n.in(src) || !mayEnd(src, n.Has) {
			continue
		}
		f, _ := parser.ParseFile(token.NewFileSet(), file, src, parser.SkipObjectResolution)
		if f != nil && unit.MayExport([]*ast.File{f}, false, n.Has) {
			return true
		}
	}
	return false
}
