package dropped

// "The reset of a container": the last element is cut off.

import (
	"context"
	"time"
)

// A spare is a connection that nobody uses.
type spare struct {
	born   time.Time
	cancel context.CancelFunc
}

type spares struct{ list []*spare }

func (f *spares) Put(root context.Context, run func(context.Context)) {
	ctx, cancel := context.WithCancel(root)
	f.list = append(f.list, &spare{time.Now(), cancel})
	go run(ctx)
}

// getLeaks drops the last one if it is too old.
func (f *spares) getLeaks(max time.Duration) *spare {
	n := len(f.list)
	if n == 0 {
		return nil
	}
	c := f.list[n-1]
	f.list = f.list[:n-1] // want `\[dropped\]`
	if time.Since(c.born) > max {
		return nil
	}
	return c
}

func (f *spares) getClean(max time.Duration) *spare {
	for len(f.list) > 0 {
		last := len(f.list) - 1
		c := f.list[last]
		f.list = f.list[:last]
		if time.Since(c.born) > max {
			c.cancel()
			continue
		}
		return c
	}
	return nil
}

func (f *spares) top() *spare { return f.list[len(f.list)-1] }
func (f *spares) pop()        { f.list = f.list[:len(f.list)-1] }

// DrainClean cuts off what it has seen to.
func (f *spares) DrainClean() {
	for len(f.list) > 0 {
		f.top().cancel()
		f.pop()
	}
}

func (f *spares) Use(max time.Duration, do func()) {
	if c := f.getLeaks(max); c != nil {
		do()
		f.list = append(f.list, c)
	}
	if c := f.getClean(max); c != nil {
		do()
		f.list = append(f.list, c)
	}
}

func (f *spares) Close() {
	for _, c := range f.list {
		c.cancel()
	}
	f.list = nil
}
