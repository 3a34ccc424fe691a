// Package source is the table of the standard library's semantics: which
// calls create an obligation, which run or defer a function that they are
// given, which never return, and which only look at their arguments.
//
// In comes a called function object; out goes what the language's own
// packages promise about it. Nothing outside the standard library (and
// golang.org/x/sync/errgroup, which shares its contract) is listed here: what
// other code does is computed, in package summary. And the table is all that is
// known of the standard library: there are no facts about it (see package gate).
package source

import (
	"go/types"
	"strings"
)

// An Origin describes a function whose call creates an obligation.
type Origin struct {
	Name    string   // as written in messages: "context.WithCancel"
	Result  int      // the result that must be released
	Ctx     int      // the paired context result, or -1
	Parent  int      // the argument the context is derived from
	Timer   int      // the argument holding its timeout or deadline, or -1
	Methods []string // the releasing methods where the result is an owner; nil where it is to be called
	Stop    bool     // the result only unregisters a callback (context.AfterFunc)
}

// Owner reports whether the result is released by a method rather than by
// calling it.
func (o *Origin) Owner() bool { return len(o.Methods) > 0 }

var origins = map[string]*Origin{
	"context.WithCancel":        {Result: 1, Ctx: 0, Timer: -1},
	"context.WithCancelCause":   {Result: 1, Ctx: 0, Timer: -1},
	"context.WithTimeout":       {Result: 1, Ctx: 0, Timer: 1},
	"context.WithTimeoutCause":  {Result: 1, Ctx: 0, Timer: 1},
	"context.WithDeadline":      {Result: 1, Ctx: 0, Timer: 1},
	"context.WithDeadlineCause": {Result: 1, Ctx: 0, Timer: 1},
	"context.AfterFunc":         {Result: 0, Ctx: -1, Timer: -1, Stop: true},
	"os/signal.NotifyContext":   {Result: 1, Ctx: 0, Timer: -1},

	"golang.org/x/sync/errgroup.WithContext": {Result: 0, Ctx: 1, Timer: -1, Methods: []string{"Wait"}},
}

func init() {
	for name, o := range origins {
		o.Name = name[strings.LastIndexByte(name, '/')+1:]
		listed[name[:strings.LastIndexByte(name, '.')]] = true
	}
	for name := range derived {
		listed[name[:strings.LastIndexByte(name, '.')]] = true
	}
}

// Packages are the packages whose direct import opens the gate.
var Packages = []string{"context", "os/signal", "golang.org/x/sync/errgroup"}

// Lookup returns the origin that a call of fn is, or nil.
func Lookup(fn *types.Func) *Origin {
	if fn == nil || fn.Pkg() == nil {
		return nil
	}
	return origins[FullName(fn)]
}

// Named returns the origin that a call of the function called name, of the package
// path, is, or nil.
func Named(path, name string) *Origin { return origins[Unvendored(path)+"."+name] }

// derived says, of the functions that return a context derived from their first
// argument without creating an obligation, whether it is done exactly when the
// argument is.
var derived = map[string]bool{
	"context.WithValue": true, "context.WithoutCancel": false,
	"runtime/pprof.WithLabels": true, "runtime/trace.NewTask": true,
}

// listed are the packages that have an origin, or a function that derives.
var listed = make(map[string]bool)

// Listed reports whether a function of the package called path may have a use.
func Listed(path string) bool { return listed[Unvendored(path)] }

// Derives reports whether fn returns, as its first result, a context derived
// from its first argument without creating an obligation of its own, and
// whether that context is done exactly when the argument is.
func Derives(fn *types.Func) (derives, sameLife bool) {
	sameLife, derives = derived[FullName(fn)]
	return derives, sameLife
}

// DerivesNamed reports whether Derives is true of the function called name, of the
// package path.
func DerivesNamed(path, name string) bool {
	_, ok := derived[Unvendored(path)+"."+name]
	return ok
}

// Unvendored is the path of which path is a vendored copy, which has the
// contract of the original, or else path.
func Unvendored(path string) string {
	if i := strings.LastIndex(path, "/vendor/"); i >= 0 {
		return path[i+len("/vendor/"):]
	}
	return path
}

// FullName returns fn's name qualified by its package's path, and by its
// receiver's type name where it has one: "sync.Once.Do". It is empty for what
// is certainly not of the standard library, or of golang.org/x/sync: nothing is
// known of that here, and most calls are spared the making of a name.
func FullName(fn *types.Func) string {
	if fn == nil {
		return ""
	}
	if fn.Pkg() == nil {
		return fn.Name()
	}
	path := Unvendored(fn.Pkg().Path())
	if first, _, _ := strings.Cut(path, "/"); strings.Contains(first, ".") && !strings.HasPrefix(path, "golang.org/x/sync/") {
		return ""
	}
	if recv := fn.Signature().Recv(); recv != nil {
		if n := NamedType(recv.Type()); n != nil {
			return path + "." + n.Obj().Name() + "." + fn.Name()
		}
	}
	return path + "." + fn.Name()
}

// NamedType is the named type that t is or points to, or nil.
func NamedType(t types.Type) *types.Named {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, _ := types.Unalias(t).(*types.Named)
	return n
}

// A Run says when a function passed as an argument is called.
type Run int

const (
	NotRun   Run = iota
	Once         // during the call
	AtEnd        // when the test, timer or other keeper that was given it is done
	Spawned      // in a goroutine of its own
	OnDone       // when the context in argument 0 is done
	Returned     // when the function that is returned is called
)

// Runs reports which argument of fn, receiver not counted, is run and when.
func Runs(fn *types.Func) (arg int, when Run) {
	switch FullName(fn) {
	case "sync.Once.Do":
		return 0, Once
	case "testing.AllocsPerRun":
		return 1, Once
	case "runtime/trace.WithRegion":
		return 2, Once
	case "sync.OnceFunc", "sync.OnceValue", "sync.OnceValues":
		return 0, Returned
	case "testing.common.Cleanup", "testing.T.Cleanup", "testing.B.Cleanup", "testing.F.Cleanup", "testing.TB.Cleanup":
		return 0, AtEnd
	case "time.AfterFunc":
		return 1, AtEnd
	case "context.AfterFunc":
		return 1, OnDone
	case "sync.WaitGroup.Go", "golang.org/x/sync/errgroup.Group.Go", "golang.org/x/sync/errgroup.Group.TryGo":
		return 0, Spawned
	}
	return 0, NotRun
}

// NeverReturning are the standard library's functions that never return to their
// caller, by FullName.
var NeverReturning = map[string]bool{
	"os.Exit": true, "syscall.Exit": true, "runtime.Goexit": true,
	"log.Fatal": true, "log.Fatalf": true, "log.Fatalln": true, "log.Panic": true, "log.Panicf": true, "log.Panicln": true,
	"log.Logger.Fatal": true, "log.Logger.Fatalf": true, "log.Logger.Fatalln": true,
	"log.Logger.Panic": true, "log.Logger.Panicf": true, "log.Logger.Panicln": true,
	"testing.common.FailNow": true, "testing.common.Fatal": true, "testing.common.Fatalf": true,
	"testing.common.SkipNow": true, "testing.common.Skip": true, "testing.common.Skipf": true,
	"testing.TB.FailNow": true, "testing.TB.Fatal": true, "testing.TB.Fatalf": true,
	"testing.TB.SkipNow": true, "testing.TB.Skip": true, "testing.TB.Skipf": true,
	"testing.Main": true,
}

// NeverReturns reports whether fn is one of them.
func NeverReturns(fn *types.Func) bool { return NeverReturning[FullName(fn)] }

// looksOnly are standard packages whose functions neither keep nor call what
// they are given.
var looksOnly = map[string]bool{
	"bytes": true, "cmp": true, "encoding/json": true, "errors": true, "fmt": true, "log": true, "log/slog": true,
	"math": true, "path": true, "path/filepath": true, "reflect": true, "strconv": true, "strings": true,
	"sync": true, "time": true, "unicode/utf8": true, "unsafe": true, "testing": true,
}

// LooksOnly reports whether fn is known to neither keep nor call its
// arguments.
func LooksOnly(fn *types.Func) bool {
	if fn == nil || fn.Pkg() == nil || !looksOnly[fn.Pkg().Path()] {
		return false
	}
	switch FullName(fn) {
	case "sync.Pool.Put", "sync.Map.Store", "sync.Map.Swap", "sync.Map.LoadOrStore", "sync.Map.CompareAndSwap":
		return false
	}
	_, when := Runs(fn)
	return when == NotRun
}

// computes are standard packages whose functions return what follows from their
// arguments alone.
var computes = map[string]bool{
	"bytes": true, "fmt": true, "net/http": true, "net/url": true, "path": true, "path/filepath": true, "strconv": true, "strings": true,
}

// Computes reports whether equal calls of fn, with arguments that have not changed,
// return the same.
func Computes(fn *types.Func) bool {
	return fn != nil && fn.Pkg() != nil && computes[fn.Pkg().Path()]
}

// inSync spares most calls the making of a name.
func inSync(fn *types.Func) bool {
	return fn != nil && fn.Pkg() != nil && fn.Pkg().Path() == "sync"
}

// Locks reports whether fn waits for a mutex, and takes it.
func Locks(fn *types.Func) bool {
	if !inSync(fn) {
		return false
	}
	switch FullName(fn) {
	case "sync.Mutex.Lock", "sync.RWMutex.Lock", "sync.RWMutex.RLock":
		return true
	}
	return false
}

// Unlocks reports whether fn gives a mutex back.
func Unlocks(fn *types.Func) bool {
	if !inSync(fn) {
		return false
	}
	switch FullName(fn) {
	case "sync.Mutex.Unlock", "sync.RWMutex.Unlock", "sync.RWMutex.RUnlock":
		return true
	}
	return false
}

// Atomic classifies the methods of sync/atomic's Pointer and Value, of
// sync.Map, and of the integer and boolean types.
type Atomic int

const (
	NoAtomic Atomic = iota
	AtomicLoad
	AtomicStore
	AtomicSwap
	AtomicCAS
	MapLoad        // sync.Map: key → value, ok
	MapStore       // sync.Map: key, value
	MapSwap        // sync.Map: key, value → previous, loaded
	MapTake        // sync.Map: key → value, loaded; removes
	MapDelete      // sync.Map: key; removes
	MapLoadOrStore // sync.Map: key, value → actual, loaded
)

// AtomicOp reports which operation on a shared cell fn is.
func AtomicOp(fn *types.Func) Atomic {
	if fn == nil || fn.Pkg() == nil {
		return NoAtomic
	}
	switch fn.Pkg().Path() {
	case "sync/atomic":
		name := fn.Name()
		switch {
		case strings.HasPrefix(name, "CompareAndSwap"):
			return AtomicCAS
		case strings.HasPrefix(name, "Swap"):
			return AtomicSwap
		case strings.HasPrefix(name, "Store"):
			return AtomicStore
		case strings.HasPrefix(name, "Load"):
			return AtomicLoad
		}
	case "sync":
		switch FullName(fn) {
		case "sync.Map.Load":
			return MapLoad
		case "sync.Map.Store":
			return MapStore
		case "sync.Map.Swap":
			return MapSwap
		case "sync.Map.LoadAndDelete":
			return MapTake
		case "sync.Map.Delete":
			return MapDelete
		case "sync.Map.LoadOrStore":
			return MapLoadOrStore
		}
	}
	return NoAtomic
}

// IsContext reports whether t is context.Context.
func IsContext(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Name() == "Context" && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "context"
}

// ContextResult is the only result of sig that is a context, or -1.
func ContextResult(sig *types.Signature) int {
	at := -1
	for i := range sig.Results().Len() {
		if IsContext(sig.Results().At(i).Type()) {
			if at >= 0 {
				return -1
			}
			at = i
		}
	}
	return at
}

// Callable reports whether t can carry an obligation that is released by a
// call without decisive arguments: a function with no result but bool or
// error, and no parameter but a cause.
func Callable(t types.Type) bool {
	sig, ok := types.Unalias(t).Underlying().(*types.Signature)
	if !ok || sig.Params().Len() > 1 || sig.Results().Len() > 1 || sig.Variadic() {
		return false
	}
	if sig.Params().Len() == 1 && !isError(sig.Params().At(0).Type()) {
		return false
	}
	if sig.Results().Len() == 1 {
		r := sig.Results().At(0).Type()
		b, basic := r.Underlying().(*types.Basic)
		return isError(r) || basic && b.Kind() == types.Bool
	}
	return true
}

func isError(t types.Type) bool {
	return types.Identical(t, types.Universe.Lookup("error").Type())
}

// IsError reports whether t is the predeclared error type.
func IsError(t types.Type) bool { return isError(t) }

// IsBool reports whether t is a boolean type.
func IsBool(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Kind() == types.Bool
}

// Bare reports whether t is plain data, or error: nothing to release is in it.
func Bare(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.Slice:
		return Bare(t.Elem())
	case *types.Array:
		return Bare(t.Elem())
	case *types.Pointer:
		return Bare(t.Elem())
	}
	_, basic := t.Underlying().(*types.Basic)
	return basic || isError(t)
}
