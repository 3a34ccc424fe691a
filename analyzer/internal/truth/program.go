// Package truth is the oracle of the tests: it makes random programs about
// contexts, runs them, and compares what was seen with what the analyzer says.
//
// In comes a source of choices; out go disagreements, each as a program cut
// down to what is needed. A program is analysed and run from the same text:
// what runs imports a stand-in for package context that notes which calls
// created a context, and a context that is not done when the scope under test
// has ended has leaked. No verdict is assumed: every input, and every answer
// to what the program asks of the world, is tried.
//
// The package is for tests only; nothing of the analyzer imports it.
package truth

import (
	"fmt"
	"strconv"
	"strings"
)

// A Node is a statement or declaration: a line, or blocks of nodes. The mark §
// in its text stands for the number of the program.
type Node struct {
	Line   string  // a simple statement, or what comes before the first block
	Blocks []Block // of a compound one
	Tail   string  // what comes after the last block
	Dep    bool    // a declaration of the imported package
}

// A Block is what an intro opens: `if a {`, `} else {`, `case 1:`.
type Block struct {
	Intro string
	Body  []*Node
}

// A Program is one function under test with all that it needs.
type Program struct {
	Decls []*Node // types and functions of the package, and of the imported one
	Entry *Node   // func run§(ctx context.Context[, w *type], a, b, c bool, n int)
	Owner string  // of an entry that gets a long-lived owner: its type
	Init  string  // and how the owner is made
	Close string  // and what ends it: "w.Close()"
}

func stmt(text string) *Node { return &Node{Line: text} }

func line(format string, args ...any) *Node { return stmt(fmt.Sprintf(format, args...)) }

// block is a compound statement of one block.
func block(intro string, tail string, body ...*Node) *Node {
	return &Node{Blocks: []Block{{intro, body}}, Tail: tail}
}

func ifThen(cond string, body ...*Node) *Node { return block("if "+cond+" {", "}", body...) }

func function(signature string, body ...*Node) *Node {
	return block("func "+signature+" {", "}", body...)
}

func (n *Node) clone() *Node {
	c := *n
	c.Blocks = make([]Block, len(n.Blocks))
	for i, b := range n.Blocks {
		c.Blocks[i] = Block{b.Intro, cloneAll(b.Body)}
	}
	return &c
}

func cloneAll(all []*Node) []*Node {
	c := make([]*Node, len(all))
	for i, n := range all {
		c[i] = n.clone()
	}
	return c
}

func (p *Program) clone() *Program {
	c := *p
	c.Decls, c.Entry = cloneAll(p.Decls), p.Entry.clone()
	return &c
}

// size counts the lines.
func (n *Node) size() int {
	k := 1
	for _, b := range n.Blocks {
		for _, s := range b.Body {
			k += s.size()
		}
	}
	return k
}

// Size is the number of statements and declarations.
func (p *Program) Size() int {
	k := p.Entry.size()
	for _, d := range p.Decls {
		k += d.size()
	}
	return k
}

// A printer writes programs into the files of a batch and knows where each is.
type printer struct {
	b    strings.Builder
	line int
}

func (p *printer) text(indent int, s string) {
	for part := range strings.SplitSeq(s, "\n") {
		p.b.WriteString(strings.Repeat("\t", indent))
		p.b.WriteString(part)
		p.b.WriteByte('\n')
		p.line++
	}
}

func (p *printer) node(n *Node, indent int) {
	if n.Line != "" {
		p.text(indent, n.Line)
	}
	for _, b := range n.Blocks {
		p.text(indent, b.Intro)
		for _, s := range b.Body {
			p.node(s, indent+1)
		}
	}
	if len(n.Blocks) > 0 {
		p.text(indent, n.Tail)
	}
}

// Print returns the two parts of the program as Go, under number id.
func (p *Program) Print(id int) (main, dep string) {
	var m, d printer
	for _, n := range p.Decls {
		if n.Dep {
			d.node(n, 0)
		} else {
			m.node(n, 0)
		}
	}
	m.node(p.Entry, 0)
	number := strconv.Itoa(id)
	return strings.ReplaceAll(m.b.String(), "§", number), strings.ReplaceAll(d.b.String(), "§", number)
}

func (p *Program) String() string {
	main, dep := p.Print(0)
	if dep != "" {
		main += "\n// package dep\n" + dep
	}
	return main
}
