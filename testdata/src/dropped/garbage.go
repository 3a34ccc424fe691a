package dropped

// "Garbage": the goroutine that alone has the context is at its end.

import "context"

// Workers are under no context but their own.
type Workers struct {
	m      map[string]context.CancelFunc
	others map[string]context.CancelFunc
}

func (w *Workers) removeClean(id string) { delete(w.m, id) }

func (w *Workers) StartClean(id string, run func(context.Context)) {
	if w.m[id] != nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	w.m[id] = cancel
	go func() {
		defer w.removeClean(id)
		run(ctx)
	}()
}

func (w *Workers) removeLeaks(id string) { delete(w.others, id) } // want `\[dropped\]`

func (w *Workers) StartLeaks(id string, run func(context.Context)) {
	if w.others[id] != nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	w.others[id] = cancel
	go run(ctx)
	go func() {
		defer w.removeLeaks(id)
		run(context.TODO())
	}()
}

func (w *Workers) Stop(id string) {
	if cancel := w.m[id]; cancel != nil {
		cancel()
	}
	if cancel := w.others[id]; cancel != nil {
		cancel()
	}
}
