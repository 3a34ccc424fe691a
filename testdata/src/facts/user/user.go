// Package user inherits facts, so that each kind is encoded and decoded.
package user

import (
	"context"
	"facts"
)

func WrapperLeaks(parent context.Context, do func(context.Context)) {
	ctx, _ := facts.WithDefault(parent) // want `\[discarded\]`
	do(ctx)
}

func OwnerLeaks(parent context.Context, job func(context.Context)) error {
	w, err := facts.New(parent) // want `\[unclosed\]`
	if err != nil {
		return err
	}
	w.Do(job)
	return nil
}

func OwnerClean(parent context.Context, job func(context.Context)) error {
	w, err := facts.New(parent)
	if err != nil {
		return err
	}
	defer facts.Stop(w)
	w.Do(job)
	return nil
}

func HelperLeaks(parent context.Context, do func(context.Context)) {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	do(ctx)
	facts.Note("done", facts.Same(cancel))
}

func HelperClean(parent context.Context, do func(context.Context)) {
	ctx, cancel := context.WithCancel(parent)
	do(ctx)
	facts.Finish("done", facts.Same(cancel))
}

func KeptClean(parent context.Context, do func(context.Context)) {
	ctx, cancel := context.WithCancel(parent)
	facts.Keep(cancel)
	do(ctx)
}

func TagLeaks(ctx context.Context, in <-chan string, do func(context.Context)) {
	for s := range in {
		ctx = facts.Tag(ctx, s) // want `\[piledup\]`
		do(ctx)
	}
}

func TagClean(ctx context.Context, in <-chan string, do func(context.Context)) {
	for s := range in {
		ctx = facts.TagOnce(ctx, s)
		do(ctx)
	}
}

func DieClean(parent context.Context, ready func() bool, do func(context.Context)) { // want DieClean:`^releases argument 1$`
	ctx, cancel := context.WithCancel(parent)
	if !ready() {
		facts.Die("not ready")
		return
	}
	do(ctx)
	cancel()
}
