package format

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// Readable is a page without the comments that tell the tests what a block is.
func Readable(page string) string {
	var b strings.Builder
	for line := range strings.Lines(page) {
		if !strings.HasPrefix(line, "<!--") {
			b.WriteString(line)
		}
	}
	return b.String()
}

var relativeLink = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\]\((\.\./)?([\w-]+\.md)`) })

// Linked is a readable page whose links to others lead there from anywhere.
func Linked(page string) string {
	link := relativeLink()
	return link.ReplaceAllStringFunc(Readable(page), func(text string) string {
		m := link.FindStringSubmatch(text)
		folder := "docs/rules/"
		if m[1] != "" {
			folder = "docs/"
		}
		return "](" + homepage + "/blob/main/" + folder + m[2]
	})
}

var anyLink = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\[([^\]]*)\](\([^)]*\)|\[[^\]]*\])?`) })

// paragraph is Markdown text with its lines joined, and links as their text.
func paragraph(text string) string {
	text = anyLink().ReplaceAllString(text, "$1")
	return strings.ReplaceAll(strings.Join(strings.Fields(strings.ReplaceAll(text, "\n\n", "\x00")), " "), "\x00", "\n")
}

// cut shortens s to at most n bytes, at a word.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	s = s[:n-len("…")]
	if i := strings.LastIndexByte(s, ' '); i >= 0 {
		s = s[:i]
	}
	return strings.ToValidUTF8(s, "") + "…"
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func number(n int) string { return strconv.Itoa(n) }
