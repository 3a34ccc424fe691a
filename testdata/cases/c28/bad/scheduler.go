// Package scheduler runs tasks one at a time, the most urgent first.
package scheduler

import (
	"container/heap"
	"context"
	"errors"
	"time"
)

// ErrClosed is returned after Close.
var ErrClosed = errors.New("scheduler is closed")

type request struct {
	ctx      context.Context
	cancel   context.CancelFunc
	priority int
	task     func(context.Context) error
	reply    chan error
}

type queue []*request

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].priority > q[j].priority }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)        { *q = append(*q, x.(*request)) }
func (q *queue) Pop() any {
	old := *q
	r := old[len(old)-1]
	*q = old[:len(old)-1]
	return r
}

// Scheduler runs tasks.
type Scheduler struct {
	life     context.Context
	end      context.CancelFunc
	requests chan *request
}

// New starts a scheduler. Close must be called.
func New(parent context.Context) *Scheduler {
	life, end := context.WithCancel(parent)
	s := &Scheduler{life: life, end: end, requests: make(chan *request, 64)}
	go s.loop()
	return s
}

// Submit queues a task that must end within limit.
func (s *Scheduler) Submit(priority int, limit time.Duration, task func(context.Context) error) (<-chan error, error) {
	ctx, cancel := context.WithTimeout(s.life, limit)                                                   // LEAK
	r := &request{ctx: ctx, cancel: cancel, priority: priority, task: task, reply: make(chan error, 1)} // LEAK
	select {
	case s.requests <- r:
		return r.reply, nil
	case <-s.life.Done():
		return nil, ErrClosed
	}
}

func (s *Scheduler) loop() {
	var q queue
	for {
		if len(q) == 0 {
			select {
			case r := <-s.requests:
				heap.Push(&q, r)
			case <-s.life.Done():
				return
			}
		}
		for more := true; more; {
			select {
			case r := <-s.requests:
				heap.Push(&q, r)
			default:
				more = false
			}
		}
		r := heap.Pop(&q).(*request)
		r.reply <- r.task(r.ctx)
	}
}

// Close ends the scheduler and its tasks.
func (s *Scheduler) Close() { s.end() }
