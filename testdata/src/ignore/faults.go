// A directive that is not whole suppresses nothing, and is reported itself.
package ignore

import "context"

func noReasonLeaks(ctx context.Context) {
	//ctxleak:ignore discarded // want `ctxleak:ignore gives no reason`
	c, _ := context.WithCancel(ctx) // want `\[discarded\]`
	use(c)
}

func emptyReasonLeaks(ctx context.Context) {
	c, _ := context.WithCancel(ctx) //ctxleak:ignore discarded -- // want `gives no reason` `\[discarded\]`
	use(c)
}

func noRuleLeaks(ctx context.Context) {
	c, _ := context.WithCancel(ctx) //ctxleak:ignore -- why not // want `names no rule` `\[discarded\]`
	use(c)
}

func unknownRuleLeaks(ctx context.Context) {
	c, _ := context.WithCancel(ctx) //ctxleak:ignore discard -- why not // want `names discard, which is not a rule` `\[discarded\]`
	use(c)
}

func unknownRuleBesideClean(ctx context.Context) {
	c, _ := context.WithCancel(ctx) //ctxleak:ignore all,discarded -- why not // want `names all, which is not a rule`
	use(c)
}

func itselfLeaks(ctx context.Context) {
	c, _ := context.WithCancel(ctx) //ctxleak:ignore ignore -- why not // want `the rule ignore cannot be ignored` `\[discarded\]`
	use(c)
}

func unknownDirectiveLeaks(ctx context.Context) {
	c, _ := context.WithCancel(ctx) //ctxleak:ingore discarded -- why not // want `there is no directive ctxleak:ingore` `\[discarded\]`
	use(c)
}

func spacedLeaks(ctx context.Context) {
	c, _ := context.WithCancel(ctx) // ctxleak:ignore discarded -- why not // want `this comment ignores nothing` `\[discarded\]`
	use(c)
	d, _ := context.WithCancel(ctx) /* ctxleak:ignore discarded -- why not */ // want `this comment ignores nothing` `\[discarded\]`
	use(d)
}

// That a text speaks of ctxleak:ignore makes it no directive.
//
//	//ctxleak:ignore nothing
func mentionedClean(ctx context.Context) { use(ctx) }
