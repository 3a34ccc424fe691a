package overwritten

// Entries under constant keys are told apart however long the keys are, and
// whatever they have in common.

import "context"

const (
	nodesKey = "registration-watcher-for-nodes"
	podsKey  = "registration-watcher-for-pods"
)

// SameKeyLeaks stores twice under one key.
func SameKeyLeaks(ctx context.Context, run func(context.Context)) {
	cancels := make(map[string]context.CancelFunc)
	nodes, cancel := context.WithCancel(ctx) // want `\[overwritten\]`
	cancels[nodesKey] = cancel
	pods, cancel := context.WithCancel(ctx)
	cancels[nodesKey] = cancel
	run(nodes)
	run(pods)
	for _, cancel := range cancels {
		cancel()
	}
}

func OtherKeyClean(ctx context.Context, run func(context.Context)) {
	cancels := make(map[string]context.CancelFunc)
	nodes, cancel := context.WithCancel(ctx)
	cancels[nodesKey] = cancel
	pods, cancel := context.WithCancel(ctx)
	cancels[podsKey] = cancel
	run(nodes)
	run(pods)
	for _, cancel := range cancels {
		cancel()
	}
}
