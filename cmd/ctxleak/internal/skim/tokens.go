package skim

import (
	"go/scanner"
	"go/token"
)

// mayEnd reports whether src, a file, may have an exported function without
// results that ends in a call of a function of which known is true. Such a call is
// a statement of the function's body, of a block in it, or of the block behind an
// else; what is in other braces, a loop, a switch or a function literal, ends
// nothing. The answer may be yes too often.
func mayEnd(src []byte, known func(name string) bool) bool {
	t := newTokens(src)
	for t.next() != token.EOF {
		switch {
		case t.tok == token.FUNC && t.header():
			if t.body(known) {
				return true
			}
		case t.tok == token.LBRACE:
			t.skip(token.LBRACE, token.RBRACE)
		}
	}
	return false
}

// tokens are those of a file, comments left out.
type tokens struct {
	scanner.Scanner
	tok, last token.Token // this one, and the one before
	name      string      // of an identifier
}

func newTokens(src []byte) *tokens {
	t := new(tokens)
	file := token.NewFileSet().AddFile("", -1, len(src))
	t.Init(file, src, nil, 0)
	return t
}

func (t *tokens) next() token.Token {
	t.last = t.tok
	_, t.tok, t.name = t.Scan()
	return t.tok
}

// skip goes to the token that closes the one that is there.
func (t *tokens) skip(open, close token.Token) {
	for depth := 1; depth > 0 && t.tok != token.EOF; {
		switch t.next() {
		case open:
			depth++
		case close:
			depth--
		}
	}
}

// header reports whether the function that begins here is exported and has a body
// and no results. It goes to the opening brace of the body, if it is.
func (t *tokens) header() bool {
	if t.next() == token.LPAREN { // a receiver
		t.skip(token.LPAREN, token.RPAREN)
		t.next()
	}
	if t.tok != token.IDENT || !token.IsExported(t.name) {
		return false
	}
	if t.next() == token.LBRACK { // type parameters
		t.skip(token.LBRACK, token.RBRACK)
		t.next()
	}
	if t.tok != token.LPAREN {
		return false
	}
	t.skip(token.LPAREN, token.RPAREN)
	return t.next() == token.LBRACE
}

// body reports whether the body that begins here may end in such a call, and goes
// to its end if not.
func (t *tokens) body(known func(name string) bool) bool {
	blocks := 1 // that are open, each right in the one before
	for blocks > 0 {
		called := t.tok == token.IDENT && known(t.name)
		switch t.next() {
		case token.EOF:
			return false
		case token.LBRACE:
			switch t.last {
			case token.LBRACE, token.RBRACE, token.SEMICOLON, token.COLON, token.ELSE:
				blocks++
			default:
				t.skip(token.LBRACE, token.RBRACE)
			}
		case token.RBRACE:
			blocks--
		case token.LPAREN, token.LBRACK, token.RPAREN: // f(x), f[T](x), (f)(x)
			if called {
				return true
			}
		}
	}
	return false
}
