// A directive that has nothing to ignore is reported once, for all its rules.
package unused

import "context"

// Run has a directive for nothing.
//
//ctxleak:ignore discarded -- why not // want `discarded reports nothing`
func Run(ctx context.Context, run func(context.Context)) {
	//ctxleak:ignore discarded,lostpath -- why not // want `discarded and lostpath report nothing`
	run(ctx)
	// A comment that stays.
	//ctxleak:ignore discarded -- why not // want `discarded reports nothing`
	run(ctx)
	run(ctx) //ctxleak:ignore stored -- why not // want `stored reports nothing`
	for {    //ctxleak:ignore stored -- why not // want `stored reports nothing`
		run(ctx)
	}
}
