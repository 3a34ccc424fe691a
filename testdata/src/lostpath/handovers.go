package lostpath

// "Hands it on": over a channel, as a closer, into a collection that is drained.

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
)

var errBusy = errors.New("busy")

func SendClean(parent context.Context, stops chan<- context.CancelFunc, start func(context.Context)) {
	ctx, cancel := context.WithCancel(parent)
	go start(ctx)
	stops <- cancel
}

// TrySendLeaks loses its function when nobody takes it.
func TrySendLeaks(parent context.Context, stops chan<- context.CancelFunc, start func(context.Context)) bool {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	go start(ctx)
	select {
	case stops <- cancel:
		return true
	default:
		return false
	}
}

func TrySendClean(parent context.Context, stops chan<- context.CancelFunc, start func(context.Context)) bool {
	ctx, cancel := context.WithCancel(parent)
	go start(ctx)
	select {
	case stops <- cancel:
		return true
	default:
		cancel()
		return false
	}
}

// closeFunc is a function as an io.Closer.
type closeFunc func()

func (f closeFunc) Close() error {
	f()
	return nil
}

func CloserClean(parent context.Context, start func(context.Context)) io.Closer {
	ctx, cancel := context.WithCancel(parent)
	go start(ctx)
	return closeFunc(cancel)
}

func CloserLeaks(parent context.Context, start func(context.Context) error) (io.Closer, error) {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	if err := start(ctx); err != nil {
		return nil, err
	}
	return closeFunc(cancel), nil
}

// body ends the call's context when it is closed.
type body struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (b *body) Close() error {
	defer b.cancel()
	return b.ReadCloser.Close()
}

func BodyClean(parent context.Context, get func(context.Context) (io.ReadCloser, error)) (io.ReadCloser, error) {
	ctx, cancel := context.WithCancel(parent)
	rc, err := get(ctx)
	if err != nil {
		cancel()
		return nil, err
	}
	return &body{ReadCloser: rc, cancel: cancel}, nil
}

// BodyLeaks gives its body no function when there was an error.
func BodyLeaks(parent context.Context, get func(context.Context) (io.ReadCloser, error)) (io.ReadCloser, error) {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	rc, err := get(ctx)
	if err != nil {
		return nil, err
	}
	return &body{ReadCloser: rc, cancel: cancel}, nil
}

// apps drains its closers when it shuts down.
type apps struct{ closers []io.Closer }

func (a *apps) Shutdown() (err error) {
	for _, c := range a.closers {
		err = errors.Join(err, c.Close())
	}
	a.closers = nil
	return err
}

func (a *apps) StartClean(parent context.Context, start func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	a.closers = append(a.closers, closeFunc(cancel))
	return start(ctx)
}

func (a *apps) StartLeaks(parent context.Context, start func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	if err := start(ctx); err != nil {
		return err
	}
	a.closers = append(a.closers, closeFunc(cancel))
	return nil
}

// CollectClean calls all its functions when it returns.
func CollectClean(parent context.Context, names []string, start func(context.Context, string) error) error {
	var cancels []context.CancelFunc
	defer func() {
		for _, cancel := range cancels {
			cancel()
		}
	}()
	for _, name := range names {
		ctx, cancel := context.WithCancel(parent)
		cancels = append(cancels, cancel)
		if err := start(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// CollectLeaks collects too late.
func CollectLeaks(parent context.Context, names []string, start func(context.Context, string) error) error {
	var cancels []context.CancelFunc
	defer func() {
		for _, cancel := range cancels {
			cancel()
		}
	}()
	for _, name := range names {
		ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
		if err := start(ctx, name); err != nil {
			return err
		}
		cancels = append(cancels, cancel)
	}
	return nil
}

// jobs has the functions of what is running.
type jobs struct {
	latest  atomic.Pointer[context.CancelFunc]
	running sync.Map
}

func (j *jobs) Close() {
	if cancel := j.latest.Swap(nil); cancel != nil {
		(*cancel)()
	}
	j.running.Range(func(key, cancel any) bool {
		j.running.Delete(key)
		cancel.(context.CancelFunc)()
		return true
	})
}

func (j *jobs) SwapClean(parent context.Context, start func(context.Context)) {
	ctx, cancel := context.WithCancel(parent)
	if old := j.latest.Swap(&cancel); old != nil {
		(*old)()
	}
	go start(ctx)
}

func (j *jobs) SwapLeaks(parent context.Context, start func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	if err := start(ctx); err != nil {
		return err
	}
	if old := j.latest.Swap(&cancel); old != nil {
		(*old)()
	}
	return nil
}

func (j *jobs) SyncMapClean(parent context.Context, id string, start func(context.Context)) error {
	ctx, cancel := context.WithCancel(parent)
	if _, loaded := j.running.LoadOrStore(id, cancel); loaded {
		cancel()
		return errBusy
	}
	go start(ctx)
	return nil
}

// Options say how a runner runs. The runner keeps them.
type Options struct {
	Name string
	Stop func()
}

type runner struct{ opts Options }

func newRunner(opts Options) *runner { return &runner{opts: opts} }

func (r *runner) Close() { r.opts.Stop() }

func OptionsClean(parent context.Context, name string, start func(context.Context)) *runner {
	ctx, cancel := context.WithCancel(parent)
	go start(ctx)
	return newRunner(Options{Name: name, Stop: cancel})
}

// OptionsLeaks has no use for its options without a name.
func OptionsLeaks(parent context.Context, name string, start func(context.Context)) *runner {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	go start(ctx)
	if name == "" {
		return nil
	}
	return newRunner(Options{Name: name, Stop: cancel})
}

// Handle is for other packages, who call Cancel when they like.
type Handle struct {
	ID     int
	Cancel context.CancelFunc
}

func HandleClean(parent context.Context, id int, start func(context.Context)) *Handle {
	ctx, cancel := context.WithCancel(parent)
	go start(ctx)
	return &Handle{ID: id, Cancel: cancel}
}

func HandleLeaks(parent context.Context, id int, start func(context.Context) error) (*Handle, error) {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	h := &Handle{ID: id, Cancel: cancel}
	if err := start(ctx); err != nil {
		return nil, err
	}
	return h, nil
}

// InterfaceClean closes through an interface.
func InterfaceClean(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	var c io.Closer = closeFunc(cancel)
	defer c.Close()
	return do(ctx)
}

type request struct{}

// ValueLaterLeaks stores a context, not its end, in a variable that a goroutine
// has.
func ValueLaterLeaks(parent context.Context, handle func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	go func() { <-ctx.Done() }()
	ctx = context.WithValue(ctx, request{}, 1)
	if err := handle(ctx); err != nil {
		return err
	}
	cancel()
	return nil
}

// CancelLaterClean stores its end in one.
func CancelLaterClean(parent context.Context, handle func(context.Context) error) error {
	var cancel context.CancelFunc
	stop := make(chan bool)
	go func() {
		<-stop
		cancel()
	}()
	parent, cancel = context.WithCancel(parent)
	close(stop)
	return handle(parent)
}
