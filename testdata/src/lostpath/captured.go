package lostpath

// "A map that a literal shares": what one of them puts there, another may take out.

import (
	"context"
	"errors"
)

func openedByLiteral(root context.Context, opened, closed <-chan int, run func(context.Context)) {
	all := map[int]context.CancelFunc{}
	open := func(i int) {
		if all[i] != nil {
			return
		}
		ctx, cancel := context.WithCancel(root)
		all[i] = cancel
		go run(ctx)
	}
	for {
		select {
		case i := <-opened:
			open(i)
		case i := <-closed:
			if cancel := all[i]; cancel != nil {
				cancel()
				delete(all, i)
			}
		}
	}
}

func closedByLiteral(root context.Context, opened, closed <-chan int, run func(context.Context)) {
	all := map[int]context.CancelFunc{}
	end := func(i int) {
		if cancel := all[i]; cancel != nil {
			cancel()
			delete(all, i)
		}
	}
	for {
		select {
		case i := <-opened:
			end(i)
			ctx, cancel := context.WithCancel(root)
			all[i] = cancel
			go run(ctx)
		case i := <-closed:
			end(i)
		}
	}
}

func closedByNobody(root context.Context, opened, closed <-chan int, run func(context.Context)) {
	all := map[int]context.CancelFunc{}
	forget := func(i int) { delete(all, i) }
	for {
		select {
		case i := <-opened:
			forget(i)
			ctx, cancel := context.WithCancel(root) // want `^cancel function of context.WithCancel is never called`
			all[i] = cancel
			go run(ctx)
		case i := <-closed:
			forget(i)
		}
	}
}

// "An error made of an error": it is set where that is.

type annotated struct{ error }

func annotate(err error) error {
	if err == nil {
		return nil
	}
	return annotated{err}
}

var annotateElse = annotate

func annotatedClean(root context.Context, started chan<- func(), start func(context.Context) error, log func(error)) (failure error) {
	var err error
	defer func() {
		if err != nil {
			log(err)
		}
	}()
	ctx, cancel := context.WithCancel(root)
	defer func() {
		if failure != nil {
			cancel()
		}
	}()
	if err = start(ctx); err != nil {
		return annotateElse(err)
	}
	started <- cancel
	return nil
}

func replacedLeaks(root context.Context, started chan<- func(), start func(context.Context) error, log func(error)) (failure error) {
	var err error
	defer func() {
		if err != nil {
			log(err)
		}
	}()
	ctx, cancel := context.WithCancel(root) // want `^cancel function of context.WithCancel is not called on every path`
	defer func() {
		if failure != nil {
			cancel()
		}
	}()
	if err = start(ctx); err != nil {
		return annotateElse(errOf(nil))
	}
	started <- cancel
	return nil
}

var errOf = func(err error) error { return errors.Unwrap(err) }
