// Package retain says what keeps a context alive that nobody cancels.
//
// In comes a creation; out goes half a sentence in the reader's words and the
// severity that follows from it. The same missing call costs nothing, or a
// node.
package retain

import (
	"fmt"
	"strings"

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

// Keeps is what keeps a context alive, piece by piece, for drivers that draw it.
// What is not known is "".
type Keeps struct {
	Creator string // the function that made it
	Parent  string // the context with which it is registered, as written
	Until   string // what ends it, as in "the request ends"
	Holder  string // where its release function, or itself, is or was kept
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

// KeepsOf tells of the context that c creates, whose parent is as for Of, what
// is known without a rule.
func KeepsOf(set *summary.Set, c *summary.Creation, parent string) Keeps {
	k := Keeps{Creator: c.Source, Parent: parent}
	var root summary.Root
	if c.Parent != nil {
		root = set.Root(c.Parent)
	}
	timer := ""
	if c.Result.Life == fact.UntilTimer {
		timer = strings.TrimSpace("its "+c.Result.Limit) + " timeout fires"
	}
	switch {
	case root.Kind == summary.FromTest:
		k.Until = "the test ends"
	case root.Kind == summary.FromRequest && timer != "":
		k.Until = "the request ends or " + timer
	case root.Kind == summary.FromRequest:
		k.Until = "the request ends"
	case timer != "":
		k.Until = timer
	case root.Kind == summary.FromNothing || c.Parent == nil && c.Result.Life == fact.Forever:
		k.Until = "the process ends"
	case parent != "":
		k.Until = parent + " ends"
	default:
		k.Until = "its parent ends"
	}
	return k
}

func indefinite(what string) string { return "a" + what[len("the"):] }
