package neverreleased

// Silent where others may call it: exported fields, getters, values handed to other packages or unknown code.

import (
	"context"
	"net/http"
	"testing"
	"time"
)

// ExportedFieldClean has an exported field: its users call it.
type ExportedFieldClean struct {
	Cancel context.CancelFunc
}

// NewExportedFieldClean starts the work.
func NewExportedFieldClean(parent context.Context) *ExportedFieldClean {
	ctx, cancel := context.WithCancel(parent)
	go work(ctx)
	return &ExportedFieldClean{Cancel: cancel}
}

// UnexportedFieldLeaks is the same with a field that users don't see.
type UnexportedFieldLeaks struct {
	cancel context.CancelFunc
}

// NewUnexportedFieldLeaks starts the work.
func NewUnexportedFieldLeaks(parent context.Context) *UnexportedFieldLeaks {
	ctx, cancel := context.WithCancel(parent) // want `\[neverreleased\]`
	go work(ctx)
	return &UnexportedFieldLeaks{cancel: cancel}
}

// GetterClean returns the field to whoever asks.
type GetterClean struct {
	cancel context.CancelFunc
}

// NewGetterClean starts the work.
func NewGetterClean(parent context.Context) *GetterClean {
	ctx, cancel := context.WithCancel(parent)
	go work(ctx)
	return &GetterClean{cancel: cancel}
}

// CancelFunc returns what ends the work.
func (g *GetterClean) CancelFunc() context.CancelFunc { return g.cancel }

// GetterLeaks has a getter whose only user compares what it gets.
type GetterLeaks struct {
	cancel context.CancelFunc
}

// NewGetterLeaks starts the work.
func NewGetterLeaks(parent context.Context) *GetterLeaks {
	ctx, cancel := context.WithCancel(parent) // want `\[neverreleased\]`
	go work(ctx)
	return &GetterLeaks{cancel: cancel}
}

func (g *GetterLeaks) cancelFunc() context.CancelFunc { return g.cancel }

// Running reports whether the work has been started.
func (g *GetterLeaks) Running() bool { return g.cancelFunc() != nil }

// ReturnedClean stores the cancel function and returns it as well: the caller releases.
type ReturnedClean struct {
	last context.CancelFunc
}

// Start starts the work and returns what ends it.
func (r *ReturnedClean) Start(parent context.Context) context.CancelFunc {
	ctx, cancel := context.WithCancel(parent)
	r.last = cancel
	go work(ctx)
	return cancel
}

// Started reports whether Start was called.
func (r *ReturnedClean) Started() bool { return r.last != nil }

// ShutdownClean gives the field to a server, which calls it.
type ShutdownClean struct {
	cancel context.CancelFunc
}

// NewShutdownClean starts the work.
func NewShutdownClean(parent context.Context) *ShutdownClean {
	ctx, cancel := context.WithCancel(parent)
	go work(ctx)
	return &ShutdownClean{cancel: cancel}
}

// Attach ends the work when srv shuts down.
func (s *ShutdownClean) Attach(srv *http.Server) { srv.RegisterOnShutdown(s.cancel) }

// TimerClean gives the field to a timer.
type TimerClean struct {
	cancel context.CancelFunc
}

// NewTimerClean starts the work.
func NewTimerClean(parent context.Context) *TimerClean {
	ctx, cancel := context.WithCancel(parent)
	go work(ctx)
	return &TimerClean{cancel: cancel}
}

// EndIn ends the work after d.
func (t *TimerClean) EndIn(d time.Duration) { time.AfterFunc(d, t.cancel) }

// Hooks collects what to call at the end.
type Hooks interface {
	OnStop(f func())
}

// HookClean gives the field to an interface's method.
type HookClean struct {
	cancel context.CancelFunc
}

// NewHookClean starts the work.
func NewHookClean(parent context.Context) *HookClean {
	ctx, cancel := context.WithCancel(parent)
	go work(ctx)
	return &HookClean{cancel: cancel}
}

// Register has hooks end the work.
func (h *HookClean) Register(hooks Hooks) { hooks.OnStop(h.cancel) }

// CallbackClean gives the field to a function value.
type CallbackClean struct {
	cancel context.CancelFunc
}

// NewCallbackClean starts the work.
func NewCallbackClean(parent context.Context, onStart func(stop func())) *CallbackClean {
	ctx, cancel := context.WithCancel(parent)
	go work(ctx)
	c := &CallbackClean{cancel: cancel}
	onStart(c.cancel)
	return c
}

// FollowerClean gives the field to context.AfterFunc.
type FollowerClean struct {
	cancel context.CancelFunc
}

// NewFollowerClean starts the work.
func NewFollowerClean(parent context.Context) *FollowerClean {
	ctx, cancel := context.WithCancel(parent)
	go work(ctx)
	return &FollowerClean{cancel: cancel}
}

// EndWith ends the work when ctx is done, unless stop is called before.
func (f *FollowerClean) EndWith(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, f.cancel)
}

// TestEnvClean gives the field to a test's cleanup.
type TestEnvClean struct {
	cancel context.CancelFunc
}

// NewTestEnvClean starts work that lasts as long as the test.
func NewTestEnvClean(tb testing.TB, parent context.Context) *TestEnvClean {
	ctx, cancel := context.WithCancel(parent)
	go work(ctx)
	e := &TestEnvClean{cancel: cancel}
	tb.Cleanup(e.cancel)
	return e
}

type optionsClean struct {
	name   string
	cancel context.CancelFunc
}

// OptionsClean keeps the options that it was made with, and ends what they say.
type OptionsClean struct {
	opts optionsClean
}

// NewOptionsClean starts the work called name.
func NewOptionsClean(parent context.Context, name string) *OptionsClean {
	ctx, cancel := context.WithCancel(parent)
	go work(ctx)
	return withOptionsClean(optionsClean{name: name, cancel: cancel})
}

func withOptionsClean(opts optionsClean) *OptionsClean { return &OptionsClean{opts: opts} }

// Close ends the work and returns its name.
func (o *OptionsClean) Close() string {
	o.opts.cancel()
	return o.opts.name
}

type optionsLeaks struct {
	name   string
	cancel context.CancelFunc
}

// OptionsLeaks keeps the options that it was made with, for the name in them.
type OptionsLeaks struct {
	opts optionsLeaks
}

// NewOptionsLeaks starts the work called name.
func NewOptionsLeaks(parent context.Context, name string) *OptionsLeaks {
	ctx, cancel := context.WithCancel(parent) // want `\[neverreleased\]`
	go work(ctx)
	return withOptionsLeaks(optionsLeaks{name: name, cancel: cancel})
}

func withOptionsLeaks(opts optionsLeaks) *OptionsLeaks { return &OptionsLeaks{opts: opts} }

// Name returns the work's name.
func (o *OptionsLeaks) Name() string { return o.opts.name }
