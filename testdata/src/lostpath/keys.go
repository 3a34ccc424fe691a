package lostpath

// Release functions in a local map: a key that is made from what a loop goes over
// is another in each turn, any other key may come again.

import (
	"context"
	"fmt"
	"strings"
)

type member struct{ name string }

func (m member) id() string { return m.name }

func cancelAll(cancels map[string]context.CancelFunc) {
	for _, cancel := range cancels {
		cancel()
	}
}

// ReceivedLeaks may be sent a name twice.
func ReceivedLeaks(parent context.Context, names <-chan string, do func(context.Context)) {
	cancels := make(map[string]context.CancelFunc)
	for name := range names {
		ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
		cancels[name] = cancel
		do(ctx)
	}
	cancelAll(cancels)
}

func ReceivedClean(parent context.Context, names <-chan string, do func(context.Context)) {
	cancels := make(map[string]context.CancelFunc)
	for name := range names {
		if cancel, ok := cancels[name]; ok {
			cancel()
		}
		ctx, cancel := context.WithCancel(parent)
		cancels[name] = cancel
		do(ctx)
	}
	cancelAll(cancels)
}

// DeferredLeaks enters each turn's under one key; the literal sees the last.
func DeferredLeaks(parent context.Context, name string, n int, do func(context.Context)) {
	cancels := make(map[string]context.CancelFunc)
	defer func() {
		for _, cancel := range cancels {
			cancel()
		}
	}()
	for range n {
		ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
		cancels[name] = cancel
		do(ctx)
	}
}

func DeferredClean(parent context.Context, names <-chan string, do func(context.Context)) {
	cancels := make(map[string]context.CancelFunc)
	defer func() {
		for _, cancel := range cancels {
			cancel()
		}
	}()
	for name := range names {
		if cancels[name] != nil {
			continue
		}
		ctx, cancel := context.WithCancel(parent)
		cancels[name] = cancel
		do(ctx)
	}
}

// FieldsLeaks enters two under one key in each turn.
func FieldsLeaks(parent context.Context, members []member, do func(context.Context)) {
	cancels := make(map[string]context.CancelFunc)
	for _, m := range members {
		ctx, cancel := context.WithCancel(parent) // want `\[overwritten\]`
		cancels[m.name] = cancel
		do(ctx)
		ctx, cancel = context.WithCancel(parent)
		cancels[m.name] = cancel
		do(ctx)
	}
	cancelAll(cancels)
}

func FieldsClean(parent context.Context, members []member, do func(context.Context)) {
	cancels := make(map[string]context.CancelFunc)
	for _, m := range members {
		ctx, cancel := context.WithCancel(parent)
		cancels[m.name] = cancel
		do(ctx)
	}
	cancelAll(cancels)
}

func ReleasedInTurnClean(parent context.Context, members []member, do func(context.Context)) {
	cancels := make(map[string]context.CancelFunc)
	for _, m := range members {
		ctx, cancel := context.WithCancel(parent)
		cancels[m.name] = cancel
		do(ctx)
		cancels[m.name]()
		delete(cancels, m.name)
	}
}

// ReleasedInTurnLeaks releases that of another key.
func ReleasedInTurnLeaks(parent context.Context, members []member, other string, do func(context.Context)) {
	cancels := make(map[string]context.CancelFunc)
	for _, m := range members {
		ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
		cancels[m.name] = cancel
		do(ctx)
		cancels[other]()
	}
}

func MadeFromClean(parent context.Context, members map[string]member, n int, do func(context.Context)) {
	cancels := make(map[string]context.CancelFunc)
	for _, m := range members {
		ctx, cancel := context.WithCancel(parent)
		cancels[strings.ToLower(m.id())+"/0"] = cancel
		do(ctx)
	}
	for i := range n {
		ctx, cancel := context.WithCancel(parent)
		cancels[fmt.Sprintf("worker-%d", i)] = cancel
		do(ctx)
	}
	cancelAll(cancels)
}

// FreshClean has a new name, number or object for each.
func FreshClean(parent context.Context, members <-chan member, fresh func() string, do func(context.Context)) {
	byID, byNumber, byObject := make(map[string]context.CancelFunc), make(map[int]context.CancelFunc), make(map[*member]context.CancelFunc)
	number := 0
	for m := range members {
		ctx, cancel := context.WithCancel(parent)
		byID[fresh()] = cancel
		do(ctx)

		ctx, cancel2 := context.WithCancel(parent)
		number++
		byNumber[number] = cancel2
		do(ctx)

		ctx, cancel3 := context.WithCancel(parent)
		byObject[&m] = cancel3
		do(ctx)
	}
	cancelAll(byID)
	for _, cancel := range byNumber {
		cancel()
	}
	for _, cancel := range byObject {
		cancel()
	}
}

// FreshLeaks has one object for all.
func FreshLeaks(parent context.Context, m *member, n int, do func(context.Context)) {
	cancels := make(map[*member]context.CancelFunc)
	for range n {
		ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
		cancels[m] = cancel
		do(ctx)
	}
	for _, cancel := range cancels {
		cancel()
	}
}

type table struct{ size int }

// ProductClean has keys that are products, and asks for the size of what they lead to.
func ProductClean(parent context.Context, tables map[int]*table, i, j int, do func(context.Context)) {
	ctx, cancel := context.WithCancel(parent)
	t := tables[i*j]
	if t.size > 0 {
		defer cancel()
	}
	tables[i*j].size, t.size = t.size, t.size
	do(ctx)
	if t.size <= 0 {
		cancel()
	}
	cancel()
}

// CapturedClean removes by the captured name what it entered.
func CapturedClean(parent context.Context, next func() string, do func(context.Context, string)) {
	cancels := make(map[string]context.CancelFunc)
	name := next()
	ctx, cancel := context.WithCancel(parent)
	cancels[name] = cancel
	defer func() {
		cancels[name]()
		delete(cancels, name)
	}()
	do(ctx, name)
}

// AgainClean goes over the same elements twice.
func AgainClean(parent context.Context, members []member, do func(context.Context)) {
	cancels := make(map[string]context.CancelFunc)
	for _, m := range members {
		ctx, cancel := context.WithCancel(parent)
		cancels[m.name] = cancel
		do(ctx)
	}
	for _, m := range members {
		cancels[m.name]()
	}
}

// AgainLeaks goes over others.
func AgainLeaks(parent context.Context, members, others []member, do func(context.Context)) {
	cancels := make(map[string]context.CancelFunc)
	for _, m := range members {
		ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
		cancels[m.name] = cancel
		do(ctx)
	}
	for _, m := range others {
		cancels[m.name]()
	}
}

// AgainOverMapClean goes over the same map twice: where there was a turn, there is
// one again.
func AgainOverMapClean(parent context.Context, members map[string]bool, do func(context.Context)) {
	cancels := make(map[string]context.CancelFunc)
	for name := range members {
		ctx, cancel := context.WithCancel(parent)
		cancels[name] = cancel
		do(ctx)
	}
	for name := range members {
		cancels[name]()
	}
}

// AgainOverMapLeaks has emptied the map before the second time.
func AgainOverMapLeaks(parent context.Context, members map[string]bool, do func(context.Context)) {
	cancels := make(map[string]context.CancelFunc)
	for name := range members {
		ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
		cancels[name] = cancel
		do(ctx)
	}
	clear(members)
	for name := range members {
		cancels[name]()
	}
}
