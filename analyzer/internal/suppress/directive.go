package suppress

import (
	"fmt"
	"strings"
)

// A Directive is a comment that suppresses findings of some rules:
//
//	//ctxleak:ignore rule[,rule] -- reason
type Directive struct {
	Rules  []string
	Reason string
}

const (
	tool   = "ctxleak:"
	prefix = "//" + tool
	verb   = "ignore"
)

// Parse reads a comment. is tells whether it was meant for ctxleak, and fault
// what is wrong with it then, "" if it is whole. The directive ends where
// another comment begins, as in "-- reason // more".
func Parse(comment string) (d Directive, is bool, fault string) {
	text, direct := strings.CutPrefix(comment, prefix)
	if !direct {
		inside := strings.TrimLeft(strings.TrimLeft(comment, "/*"), " \t")
		word, _, _ := strings.Cut(inside, " ")
		if !strings.HasPrefix(word, tool+verb) {
			return d, false, ""
		}
		return d, true, "this comment ignores nothing: only one that begins with " + prefix + verb + " does"
	}
	text, _, _ = strings.Cut(strings.ReplaceAll(text, "\t", " ")+" ", " // ")
	word, text, _ := strings.Cut(text, " ")
	if word != verb {
		return d, true, fmt.Sprintf("there is no directive %s%s, only %s%s", tool, word, tool, verb)
	}
	rules, reason, _ := strings.Cut(text, "--")
	d.Rules = strings.FieldsFunc(rules, func(r rune) bool { return r == ',' || r == ' ' })
	if d.Reason = strings.TrimSpace(reason); strings.HasPrefix(d.Reason, "//") {
		d.Reason = ""
	}
	switch {
	case len(d.Rules) == 0:
		return d, true, tool + verb + " names no rule"
	case d.Reason == "":
		return d, true, tool + verb + " gives no reason: one has to stand behind the rules, after two dashes"
	}
	return d, true, ""
}
