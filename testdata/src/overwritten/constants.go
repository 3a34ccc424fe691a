package overwritten

// Entries under constant keys are told apart however long the keys are, and
// whatever they have in common.

import "context"

const (
	nodesKey = "registration-watcher-for-nodes"
	podsKey  = "registration-watcher-for-pods"

	first  = "watchers[0]"
	second = "watchers(0)"

	longest = "registration-watcher-for-nodes-of-all-clusters-that-the-federation-has-and-of-those-that-it-once-had"
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

func BracketsClean(ctx context.Context, run func(context.Context)) {
	cancels := make(map[string]context.CancelFunc)
	one, cancel := context.WithCancel(ctx)
	cancels[first] = cancel
	two, cancel := context.WithCancel(ctx)
	cancels[second] = cancel
	run(one)
	run(two)
	for _, cancel := range cancels {
		cancel()
	}
}

// LongestLeaks stores twice under a key that is longer than what is remembered of
// a way to a value.
func LongestLeaks(ctx context.Context, run func(context.Context)) {
	cancels := make(map[string]context.CancelFunc)
	nodes, cancel := context.WithCancel(ctx) // want `\[overwritten\]`
	cancels[longest] = cancel
	pods, cancel := context.WithCancel(ctx)
	cancels[longest] = cancel
	run(nodes)
	run(pods)
	cancels[longest]()
}

func LongestClean(ctx context.Context, run func(context.Context)) {
	cancels := make(map[string]context.CancelFunc)
	nodes, cancel := context.WithCancel(ctx)
	cancels[longest] = cancel
	run(nodes)
	cancels[longest]()
}
