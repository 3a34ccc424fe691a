// A directive with rules and a reason suppresses what stands on its line, on
// the line below it, or in its function, and nothing else.
package ignore

import (
	"context"
	"time"
)

func use(context.Context) {}

func notIgnoredLeaks(ctx context.Context) {
	c, _ := context.WithCancel(ctx) // want `\[discarded\]`
	use(c)
}

func behindClean(ctx context.Context) {
	c, _ := context.WithCancel(ctx) //ctxleak:ignore discarded -- ends with the request
	use(c)
}

func aboveClean(ctx context.Context) {
	//ctxleak:ignore discarded -- ends with the request
	c, _ := context.WithCancel(ctx)
	use(c)
}

func aboveInCommentClean(ctx context.Context) {
	// There is a reason for this:
	//ctxleak:ignore discarded -- ends with the request
	// and more of it.
	c, _ := context.WithCancel(ctx)
	use(c)
}

func aboveAnotherLeaks(ctx context.Context) {
	//ctxleak:ignore discarded -- ends with the request // want `has nothing to ignore here: discarded reports nothing \[ignore\]`
	use(ctx)
	c, _ := context.WithCancel(ctx) // want `\[discarded\]`
	use(c)
}

func aboveBlankLeaks(ctx context.Context) {
	//ctxleak:ignore discarded -- ends with the request // want `has nothing to ignore`

	c, _ := context.WithCancel(ctx) // want `\[discarded\]`
	use(c)
}

// What stands behind code is about that line only.
func belowLeaks(ctx context.Context) {
	use(ctx)                        //ctxleak:ignore discarded -- ends with the request // want `has nothing to ignore`
	c, _ := context.WithCancel(ctx) // want `\[discarded\]`
	use(c)
}

func longStatementClean(ctx context.Context) {
	//ctxleak:ignore discarded -- ends with the request
	c, _ :=
		context.WithTimeout(
			ctx,
			time.Second,
		)
	use(c)
	d, _ := context.WithTimeout(
		ctx,
		time.Second,
	) //ctxleak:ignore discarded -- ends with the request
	use(d)
}

func headClean(ctx context.Context) {
	//ctxleak:ignore discarded -- ends with the request
	if c, _ := context.WithCancel(ctx); c.Err() == nil {
		use(c)
	}
}

// What stands above a statement is not about the functions inside it.
func insideLeaks(ctx context.Context) {
	//ctxleak:ignore discarded -- ends with the request // want `has nothing to ignore`
	go func() {
		c, _ := context.WithCancel(ctx) // want `\[discarded\]`
		use(c)
	}()
}

// The whole function.
//
//ctxleak:ignore discarded -- ends with the request
func functionClean(ctx context.Context) {
	c, _ := context.WithCancel(ctx)
	use(c)
	func() {
		d, _ := context.WithCancel(ctx)
		use(d)
	}()
}

func nextFunctionLeaks(ctx context.Context) {
	c, _ := context.WithCancel(ctx) // want `\[discarded\]`
	use(c)
}

// Several rules.
//
//ctxleak:ignore discarded, lostpath -- ends with the request
func severalRulesClean(ctx context.Context, long bool) {
	c, _ := context.WithCancel(ctx)
	use(c)
	d, cancel := context.WithCancel(ctx)
	use(d)
	if long {
		return
	}
	cancel()
}

func severalDirectivesClean(ctx context.Context) {
	//ctxleak:ignore lostpath -- ends with the request // want `lostpath reports nothing`
	//ctxleak:ignore discarded -- ends with the request
	c, _ := context.WithCancel(ctx)
	use(c)
}

func anotherRuleLeaks(ctx context.Context) {
	//ctxleak:ignore lostpath -- ends with the request // want `lostpath reports nothing`
	c, _ := context.WithCancel(ctx) // want `\[discarded\]`
	use(c)
}

func oneOfTwoClean(ctx context.Context) {
	//ctxleak:ignore lostpath,discarded -- ends with the request // want `nothing to ignore here: lostpath reports nothing`
	c, _ := context.WithCancel(ctx)
	use(c)
}

// The other level is another question: at -level=all this is found, and the
// directive is of use.
type Server struct{ cancel context.CancelFunc }

func (s *Server) Start(ctx context.Context) {
	var c context.Context
	c, s.cancel = context.WithCancel(ctx) //ctxleak:ignore overwritten -- called once
	use(c)
}

func (s *Server) Stop() { s.cancel() }
