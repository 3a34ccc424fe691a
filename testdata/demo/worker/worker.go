// Package worker leaks one context per sync, as the kubelet of Kubernetes
// 1.36.0 did (pkg/kubelet/pod_workers.go). Its repaired twin is package mended.
package worker

import (
	"context"
	"log"
	"sync"
)

// Workers syncs pods, each on a goroutine of its own, for as long as the
// process lives.
type Workers struct {
	syncPod func(ctx context.Context, uid string) error

	mu       sync.Mutex
	statuses map[string]*status
}

// A status is what the workers know of one pod.
type status struct {
	updates  chan struct{}
	cancelFn context.CancelFunc // interrupts the sync that is running
}

// New returns workers that sync a pod by calling syncPod.
func New(syncPod func(ctx context.Context, uid string) error) *Workers {
	return &Workers{syncPod: syncPod, statuses: make(map[string]*status)}
}

// Update asks for a sync of a pod, and starts its worker if there is none.
func (w *Workers) Update(ctx context.Context, uid string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	st, ok := w.statuses[uid]
	if !ok {
		st = &status{updates: make(chan struct{}, 1)}
		w.statuses[uid] = st
		go w.run(ctx, uid, st.updates)
	}
	select {
	case st.updates <- struct{}{}:
	default: // one is waiting already, and will see this change too
	}
}

// Terminate interrupts the pod's sync and ends its worker.
func (w *Workers) Terminate(uid string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	st, ok := w.statuses[uid]
	if !ok {
		return
	}
	close(st.updates)
	if st.cancelFn != nil {
		st.cancelFn()
	}
	delete(w.statuses, uid)
}

func (w *Workers) run(parentCtx context.Context, uid string, updates <-chan struct{}) {
	for range updates {
		ctx, ok := w.startSync(parentCtx, uid)
		if !ok {
			return
		}
		if err := w.syncPod(ctx, uid); err != nil {
			log.Printf("sync of %s: %v", uid, err)
		}
	}
}

// startSync returns the context of the pod's next sync.
func (w *Workers) startSync(parentCtx context.Context, uid string) (ctx context.Context, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	status, ok := w.statuses[uid]
	if !ok {
		return nil, false
	}
	ctx, status.cancelFn = context.WithCancel(parentCtx)
	return ctx, true
}
