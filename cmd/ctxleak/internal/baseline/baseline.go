// Package baseline remembers findings that are known, so that a run tells only
// of the others.
//
// In comes a report with identities; out goes a file, and from a file the
// question whether a finding is known. The file is text: a first line that
// names the format's version, then a line of JSON for each finding, sorted, so
// that two branches that add different ones merge. Lines are independent: what
// is there twice is there once.
package baseline

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/atomicfile"
	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/finding"
)

// version is that of the format, and of the identities in it.
const version = 1

// A header is the first line.
type header struct {
	Version int `json:"ctxleak-baseline"`
}

// An entry is a finding that is known. All but its identity is for readers.
type entry struct {
	Identity string `json:"id"`
	Rule     string `json:"rule"`
	Package  string `json:"package"`
	Message  string `json:"message"`
}

// A Baseline is the findings that are known.
type Baseline struct {
	entries []entry
	known   map[string]bool
}

// Read reads a baseline. Its errors name the file.
func Read(name string) (*Baseline, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	b, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return b, nil
}

func parse(data []byte) (*Baseline, error) {
	b := &Baseline{known: make(map[string]bool)}
	first, rest, _ := bytes.Cut(data, []byte("\n"))
	var h header
	if err := strict(first, &h); err != nil || h.Version < 1 {
		return nil, errors.New("this is no baseline: its first line is not {\"ctxleak-baseline\":1}")
	}
	if h.Version > version {
		return nil, fmt.Errorf("this baseline is of version %d; this ctxleak reads version %d: take a newer one, or write the baseline anew", h.Version, version)
	}
	n := 1
	for line := range bytes.Lines(rest) {
		n++
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		if bytes.HasPrefix(line, []byte("<<<<<<<")) {
			return nil, fmt.Errorf("line %d: a merge conflict: keep the lines of both sides", n)
		}
		var e entry
		if err := strict(line, &e); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if e.Identity == "" {
			return nil, fmt.Errorf("line %d: it has no id", n)
		}
		b.add(e)
	}
	return b, nil
}

// strict decodes one JSON object that has nothing unknown in it and nothing
// behind it.
func strict(data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	err := dec.Decode(v)
	switch {
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		return errors.New("the line is cut off")
	case err != nil:
		return err
	case dec.More():
		return errors.New("something stands behind the object")
	}
	return nil
}

func (b *Baseline) add(e entry) {
	if !b.known[e.Identity] {
		b.known[e.Identity] = true
		b.entries = append(b.entries, e)
	}
}

// Knows reports whether f is known.
func (b *Baseline) Knows(f *finding.Finding) bool { return b.known[f.Identity] }

// A Change says what became of a baseline.
type Change struct{ New, Gone, All int }

// Update makes the baseline know what r found and no more: what is gone is
// forgotten, if it was looked for, that is, if its package was analysed and
// asked says that its rule was.
func (b *Baseline) Update(r *finding.Report, asked func(rule string) bool) (*Baseline, Change) {
	failed := make(map[string]bool)
	analysed := make(map[string]bool)
	for _, u := range r.Units {
		analysed[u.Package] = true
		if u.Err != "" {
			failed[u.Package] = true
		}
	}
	next := &Baseline{known: make(map[string]bool)}
	for _, f := range r.Findings {
		next.add(entry{f.Identity, f.Rule, f.Package, f.Text()})
	}
	var c Change
	for _, e := range next.entries {
		if !b.known[e.Identity] {
			c.New++
		}
	}
	for _, e := range b.entries {
		switch {
		case next.known[e.Identity]:
		case analysed[e.Package] && !failed[e.Package] && asked(e.Rule):
			c.Gone++
		default:
			next.add(e)
		}
	}
	c.All = len(next.entries)
	return next, c
}

// Write writes b to the named file, whole or not at all.
func (b *Baseline) Write(name string) error {
	slices.SortFunc(b.entries, func(x, y entry) int {
		return cmp.Or(strings.Compare(x.Package, y.Package), strings.Compare(x.Rule, y.Rule), strings.Compare(x.Identity, y.Identity))
	})
	return atomicfile.Write(name, func(w io.Writer) error {
		buf := bufio.NewWriter(w)
		enc := json.NewEncoder(buf)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(header{version}); err != nil {
			return err
		}
		for _, e := range b.entries {
			if err := enc.Encode(e); err != nil {
				return err
			}
		}
		return buf.Flush()
	})
}

// Empty returns a baseline that knows nothing.
func Empty() *Baseline { return &Baseline{known: make(map[string]bool)} }
