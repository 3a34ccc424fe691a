// Package retain says what keeps a context alive that nobody cancels.
//
// In comes a creation; out goes half a sentence in the reader's words and the
// severity that follows from it. The same missing call costs nothing, or a
// node.
package retain

import (
	"fmt"

	"github.com/ctxleak/ctxleak/analyzer/internal/fact"
	"github.com/ctxleak/ctxleak/analyzer/internal/summary"
)

// A Severity says how badly a leak hurts.
type Severity int

const (
	// Low: it goes by itself: a timer fires, a test or request ends.
	Low Severity = iota
	// Medium: it goes with its parent.
	Medium
	// High: it adds up on a parent that lives on.
	High
)

func (s Severity) String() string { return [...]string{"low", "medium", "high"}[s] }

// ParseSeverity reads the name of a severity.
func ParseSeverity(name string) (Severity, error) {
	for s := Low; s <= High; s++ {
		if s.String() == name {
			return s, nil
		}
	}
	return 0, fmt.Errorf("unknown severity %q (low, medium, high)", name)
}

// A Retention is what keeps a context alive, and for how long.
type Retention struct {
	Severity Severity
	Tail     string // the second half of a message, after a colon
}

// Of classifies the context that c creates. parent is its parent context as
// written in the source, "" if it cannot be shown; repeated says that the
// creation is known to happen again and again.
func Of(set *summary.Set, c *summary.Creation, parent string, repeated bool) Retention {
	root := summary.Root{}
	if c.Parent != nil {
		root = set.Root(c.Parent)
	}
	name := parent
	if name == "" {
		name = "its parent"
	}
	what := "the context"
	if c.Result.Stop {
		what = "the callback"
	}
	life := c.Result.Life
	if c.Parent == nil && root.Kind == summary.FromUnknown && life != fact.UntilTimer {
		switch life {
		case fact.Forever:
			return Retention{High, "its parent never ends, so what waits for it waits forever"}
		case fact.UntilHolder:
			return Retention{High, "every call adds " + indefinite(what) + " to a parent that lives on"}
		}
	}
	timer := life == fact.UntilTimer
	limit := "timeout"
	if c.Result.Limit != "" {
		limit = c.Result.Limit + " timeout"
	}
	switch root.Kind {
	case summary.FromNothing:
		if timer {
			return Retention{Low, what + " stays alive until its " + limit + " fires"}
		}
		if c.Result.Stop {
			return Retention{Low, "its parent never ends"}
		}
		return Retention{Medium, "its parent never ends, so what waits for it waits forever"}
	case summary.FromTest:
		return Retention{Low, what + " stays alive until the test ends"}
	case summary.FromRequest:
		if timer {
			return Retention{Low, what + " stays alive until the request ends or its " + limit + " fires"}
		}
		return Retention{Medium, what + " stays alive until the request ends"}
	case summary.FromField, summary.FromGlobal:
		if timer {
			return Retention{Medium, fmt.Sprintf("every call adds %s to %s until its %s fires", indefinite(what), name, limit)}
		}
		return Retention{High, fmt.Sprintf("every call adds %s to %s until %s ends", indefinite(what), name, name)}
	}
	switch {
	case timer:
		return Retention{Low, fmt.Sprintf("%s stays registered with %s until its %s fires", what, name, limit)}
	case repeated:
		return Retention{High, fmt.Sprintf("every call adds %s to %s until %s ends", indefinite(what), name, name)}
	}
	return Retention{Medium, fmt.Sprintf("%s stays registered with %s until %s ends", what, name, name)}
}

func indefinite(what string) string { return "a" + what[len("the"):] }
