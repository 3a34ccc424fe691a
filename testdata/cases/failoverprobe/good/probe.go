package failover

import (
	"context"
	"errors"
	"time"
)

var errSilent = errors.New("does not answer")

// Check returns nil if a host answers.
type Check func(ctx context.Context, host string) error

// probe checks one host again and again.
type probe struct {
	host string
	up   chan struct{} // has an item when a check went well
	stop context.CancelFunc
}

func newProbe(ctx context.Context, host string, every time.Duration, check Check) *probe {
	ctx, cancel := context.WithCancel(ctx)
	p := &probe{host: host, up: make(chan struct{}, 1), stop: cancel}
	go p.run(ctx, every, check)
	return p
}

func (p *probe) run(ctx context.Context, every time.Duration, check Check) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if check(ctx, p.host) == nil {
			select {
			case p.up <- struct{}{}:
			default:
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// await waits for the next check that goes well.
func (p *probe) await(d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-p.up:
		return nil
	case <-timer.C:
		return errSilent
	}
}
