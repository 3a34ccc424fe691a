package neverreleased

// A cancel is stored in a global that nothing in the package ever calls.

import (
	"context"
	"sync"
)

var (
	onceLeaks   sync.Once
	cancelLeaks context.CancelFunc
)

// InitGlobalLeaks starts the background work once.
func InitGlobalLeaks(parent context.Context) {
	onceLeaks.Do(func() {
		ctx, cancel := context.WithCancel(parent) // want `\[neverreleased\]`
		cancelLeaks = cancel
		go work(ctx)
	})
}

// InitializedLeaks reports whether InitGlobalLeaks was called.
func InitializedLeaks() bool { return cancelLeaks != nil }

var (
	onceClean   sync.Once
	cancelClean context.CancelFunc
)

// InitGlobalClean starts the background work once.
func InitGlobalClean(parent context.Context) {
	onceClean.Do(func() {
		ctx, cancel := context.WithCancel(parent)
		cancelClean = cancel
		go work(ctx)
	})
}

// ShutdownGlobalClean ends the background work.
func ShutdownGlobalClean() {
	if cancelClean != nil {
		cancelClean()
	}
}

var tableLeaks = struct {
	sync.Mutex
	m map[string]context.CancelFunc
}{m: make(map[string]context.CancelFunc)}

// RegisterLeaks starts the work of name, unless it has been.
func RegisterLeaks(parent context.Context, name string) bool {
	tableLeaks.Lock()
	defer tableLeaks.Unlock()
	if _, ok := tableLeaks.m[name]; ok {
		return false
	}
	ctx, cancel := context.WithCancel(parent) // want `\[neverreleased\]`
	tableLeaks.m[name] = cancel
	go work(ctx)
	return true
}

var tableClean = struct {
	sync.Mutex
	m map[string]context.CancelFunc
}{m: make(map[string]context.CancelFunc)}

// RegisterClean starts the work of name, unless it has been.
func RegisterClean(parent context.Context, name string) bool {
	tableClean.Lock()
	defer tableClean.Unlock()
	if _, ok := tableClean.m[name]; ok {
		return false
	}
	ctx, cancel := context.WithCancel(parent)
	tableClean.m[name] = cancel
	go work(ctx)
	return true
}

// UnregisterClean ends the work of name.
func UnregisterClean(name string) {
	tableClean.Lock()
	defer tableClean.Unlock()
	if cancel, ok := tableClean.m[name]; ok {
		cancel()
		delete(tableClean.m, name)
	}
}

// StopGlobalClean is exported: other packages may call it, and main does.
var StopGlobalClean context.CancelFunc

// StartGlobalClean starts the work that StopGlobalClean ends.
func StartGlobalClean(parent context.Context) {
	if StopGlobalClean != nil {
		return
	}
	ctx, cancel := context.WithCancel(parent)
	StopGlobalClean = cancel
	go work(ctx)
}
