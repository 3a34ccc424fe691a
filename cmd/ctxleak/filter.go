package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/baseline"
	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/changed"
	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/finding"
)

// A filter is what the user does not want to hear of: findings that a baseline
// knows, and those that were there at a revision.
type filter struct {
	known *baseline.Baseline // nil: none
	lines *changed.Set       // nil: all
}

// prepare reads what o's filters need. Its errors are about the command line:
// they come before anything is analysed.
func prepare(o *options) (*filter, error) {
	f := new(filter)
	var err error
	if o.baseline != "" {
		f.known, err = baseline.Read(o.baseline)
		switch {
		case errors.Is(err, fs.ErrNotExist) && o.writeBaseline:
			f.known = baseline.Empty()
		case errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("-baseline: %w; -write-baseline makes it", err)
		case err != nil:
			return nil, fmt.Errorf("-baseline: %w", err)
		}
	}
	if o.newFrom != "" {
		dir, err := os.Getwd()
		if err != nil {
			return nil, err
		}
		if f.lines, err = changed.Since(dir, o.newFrom); err != nil {
			return nil, fmt.Errorf("-new-from: %w", err)
		}
	}
	return f, nil
}

// apply leaves out of the report what f knows.
func (f *filter) apply(r *finding.Report) {
	if f.known != nil {
		r.Keep(func(x *finding.Finding) bool { return !f.known.Knows(x) })
	}
	if f.lines != nil {
		r.Keep(f.isNew)
	}
}

// isNew reports whether a line that x is about is new.
func (f *filter) isNew(x *finding.Finding) bool {
	for line := x.Pos.Line; line <= max(x.Pos.Line, x.End.Line); line++ {
		if f.lines.Has(x.Pos.File, line) {
			return true
		}
	}
	for _, r := range x.Related {
		if f.lines.Has(r.Pos.File, r.Pos.Line) {
			return true
		}
	}
	return false
}

// writeBaseline makes the baseline know what r found, and says what changed.
func (f *filter) writeBaseline(o *options, r *finding.Report, stderr io.Writer) error {
	next, change := f.known.Update(r, func(rule string) bool {
		on := o.flags.Lookup(rule)
		return on == nil || on.Value.String() == "true"
	})
	if err := next.Write(o.baseline); err != nil {
		return err
	}
	fmt.Fprintf(stderr, "ctxleak: %s: %d known, %d of them new, %d gone\n", o.baseline, change.All, change.New, change.Gone)
	return nil
}
