// Package docs holds the pages of this folder that the command shows: go:embed
// does not reach up the tree, so it is done where they are.
package docs

import (
	"embed"
	"strings"
)

//go:embed rules/*.md
var rules embed.FS

// Rule is the page of a rule, in Markdown; there is none if it is "".
func Rule(name string) string {
	page, err := rules.ReadFile("rules/" + name + ".md")
	if err != nil {
		return ""
	}
	return string(page)
}

// Section is the text under one heading of a page, without the heading.
func Section(page, heading string) string {
	_, text, found := strings.Cut(page, "\n## "+heading+"\n")
	if !found {
		return ""
	}
	text, _, _ = strings.Cut(text, "\n## ")
	return strings.TrimSpace(text)
}

// Lead is the text of a page between its title and the first heading: what the
// rule reports, in a few sentences.
func Lead(page string) string {
	_, text, _ := strings.Cut(page, "\n")
	text, _, _ = strings.Cut(text, "\n## ")
	return strings.TrimSpace(text)
}
