package lostpath

// Silent on "paths that panic, exit": also through helpers that never return.

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"testing"
	"time"
)

func fatal(err error) {
	fmt.Fprintln(os.Stderr, "fatal:", err)
	os.Exit(1)
}

// die never returns, since fatal does not.
func die(err error) {
	if errors.Is(err, os.ErrPermission) {
		log.Fatal("are you root?")
	}
	fatal(err)
}

func broken(err error) { panic(fmt.Sprintf("broken: %v", err)) }

func warn(err error) { fmt.Fprintln(os.Stderr, "warning:", err) }

func exitIf(strict bool, err error) {
	if strict {
		fatal(err)
	}
	warn(err)
}

type app struct{ name string }

func (a *app) fail(err error) { log.Fatalf("%s: %v", a.name, err) }

func ExitLeaks(parent context.Context, prepare func() error, do func(context.Context)) {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	if err := prepare(); err != nil {
		warn(err)
		return
	}
	do(ctx)
	cancel()
}

func ExitClean(parent context.Context, prepare func() error, do func(context.Context)) {
	ctx, cancel := context.WithCancel(parent)
	if err := prepare(); err != nil {
		fatal(err)
		return
	}
	do(ctx)
	cancel()
}

// SometimesExitLeaks goes on when it is not strict.
func SometimesExitLeaks(parent context.Context, strict bool, prepare func() error, do func(context.Context)) {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	if err := prepare(); err != nil {
		exitIf(strict, err)
		return
	}
	do(ctx)
	cancel()
}

func ExitTwiceRemovedClean(parent context.Context, prepare func() error, do func(context.Context)) {
	ctx, cancel := context.WithCancel(parent)
	if err := prepare(); err != nil {
		die(err)
		return
	}
	do(ctx)
	cancel()
}

func (a *app) ExitMethodClean(parent context.Context, prepare func() error, do func(context.Context)) {
	ctx, cancel := context.WithCancel(parent)
	if err := prepare(); err != nil {
		a.fail(err)
		return
	}
	do(ctx)
	cancel()
}

func PanicLeaks(parent context.Context, kind int, do func(context.Context)) error {
	ctx, cancel := context.WithTimeout(parent, time.Hour) // want `\[lostpath\]`
	switch kind {
	case 0:
		do(ctx)
	default:
		return fmt.Errorf("kind %d", kind)
	}
	cancel()
	return nil
}

func PanicClean(parent context.Context, kind int, do func(context.Context)) error {
	ctx, cancel := context.WithTimeout(parent, time.Hour)
	switch kind {
	case 0:
		do(ctx)
	default:
		panic(fmt.Sprintf("kind %d", kind))
	}
	cancel()
	return nil
}

func PanicHelperClean(parent context.Context, prepare func() error, do func(context.Context)) {
	ctx, cancel := context.WithCancel(parent)
	if err := prepare(); err != nil {
		broken(err)
		return
	}
	do(ctx)
	cancel()
}

// StepForeverLeaks has a way out of its loop.
func StepForeverLeaks(parent context.Context, start func(context.Context) error, step func(context.Context) bool) error {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	if err := start(ctx); err != nil {
		cancel()
		return err
	}
	for {
		if !step(ctx) {
			return nil
		}
	}
}

// StepForeverClean needs its context for as long as the process lives.
func StepForeverClean(parent context.Context, start func(context.Context) error, step func(context.Context) bool) error {
	ctx, cancel := context.WithCancel(parent)
	if err := start(ctx); err != nil {
		cancel()
		return err
	}
	for {
		if !step(ctx) {
			time.Sleep(time.Second)
		}
	}
}

func ParkClean(parent context.Context, start func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	if err := start(ctx); err != nil {
		cancel()
		return err
	}
	select {}
}

// RequireClean ends the test, and the test's context with it.
func RequireClean(t *testing.T, do func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	if err := do(ctx); err != nil {
		t.Fatalf("do: %v", err)
	}
	cancel()
}
