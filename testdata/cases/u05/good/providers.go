// Package providers builds the parts of a worker, each with its cleanup.
package providers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Clock ticks for others.
type Clock struct{ C <-chan time.Time }

// Beacon announces the worker.
type Beacon struct{ id string }

// Worker is built from parts.
type Worker struct {
	clock  *Clock
	beacon *Beacon
	steps  int
}

func provideClock(ctx context.Context, every time.Duration) (*Clock, func(), error) {
	if every <= 0 {
		return nil, nil, errors.New("the clock must move forward")
	}
	ctx, cancel := context.WithCancel(ctx)
	ch := make(chan time.Time, 1)
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case now := <-time.After(every):
				select {
				case ch <- now:
				default:
				}
			}
		}
	}()
	return &Clock{C: ch}, func() { cancel() }, nil
}

func provideBeacon(ctx context.Context, url, id string) (*Beacon, func(), error) {
	ctx, cancel := context.WithCancel(ctx)
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, url+"/"+id, nil)
	if err != nil {
		cancel()
		return nil, nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		cancel()
		return nil, nil, fmt.Errorf("announce: %w", err)
	}
	resp.Body.Close()
	cleanup := func() {
		cancel()
	}
	return &Beacon{id: id}, cleanup, nil
}

// Provide builds a worker, and a function that takes it apart.
func Provide(ctx context.Context, url, id string, every time.Duration) (*Worker, func(), error) {
	clock, stopClock, err := provideClock(ctx, every)
	if err != nil {
		return nil, nil, err
	}
	beacon, stopBeacon, err := provideBeacon(ctx, url, id)
	if err != nil {
		stopClock()
		return nil, nil, err
	}
	w := &Worker{clock: clock, beacon: beacon}
	return w, func() {
		stopBeacon()
		stopClock()
	}, nil
}

// Work runs a worker for a number of ticks.
func Work(ctx context.Context, url, id string, ticks int, step func(context.Context, string) error) error {
	w, cleanup, err := Provide(ctx, url, id, time.Second)
	if err != nil {
		return err
	}
	defer cleanup()
	for w.steps < ticks {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-w.clock.C:
		}
		if err := step(ctx, w.beacon.id); err != nil {
			return err
		}
		w.steps++
	}
	return nil
}
