package stored

// A request's context is kept in the state of a goroutine, or waits in a channel, after the request is over.

import (
	"context"
	"log"
	"net/http"
	"sync"
	"time"
)

type job struct {
	ctx  context.Context
	name string
	done chan error
}

// Jobs are worked off by one goroutine.
type Jobs struct {
	queue chan job
}

// NewJobs returns a queue for n jobs. Run works them off.
func NewJobs(n int) *Jobs { return &Jobs{queue: make(chan job, n)} }

// Run works off jobs until the queue is closed.
func (j *Jobs) Run(do func(context.Context, string) error) {
	for job := range j.queue {
		err := do(job.ctx, job.name)
		if job.done != nil {
			job.done <- err
		}
	}
}

// EnqueueLeaks has the job wait with the request's context, and returns.
func (j *Jobs) EnqueueLeaks(w http.ResponseWriter, r *http.Request) {
	j.queue <- job{ctx: r.Context(), name: r.URL.Path} // want `the request's context is queued in the channel queue, .* \[stored\]`
	w.WriteHeader(http.StatusAccepted)
}

// EnqueueDetachedClean has it wait with the values alone.
func (j *Jobs) EnqueueDetachedClean(w http.ResponseWriter, r *http.Request) {
	j.queue <- job{ctx: context.WithoutCancel(r.Context()), name: r.URL.Path}
	w.WriteHeader(http.StatusAccepted)
}

// EnqueueWaitClean waits for the job's end.
func (j *Jobs) EnqueueWaitClean(w http.ResponseWriter, r *http.Request) {
	item := job{ctx: r.Context(), name: r.URL.Path, done: make(chan error, 1)}
	j.queue <- item
	if err := <-item.done; err != nil {
		w.WriteHeader(http.StatusInternalServerError)
	}
}

// monitor is the state of a goroutine.
type monitor struct {
	ctx  context.Context
	name string
	tick <-chan time.Time
}

// forever goes on after the end of the monitor's context.
func (m *monitor) forever() {
	for range m.tick {
		log.Print(m.name, " ", m.ctx.Value(userKey{}))
	}
}

// whileAlive ends with it.
func (m *monitor) whileAlive() {
	for {
		select {
		case <-m.ctx.Done():
			return
		case <-m.tick:
			log.Print(m.name, " ", m.ctx.Value(userKey{}))
		}
	}
}

// Monitored starts its monitors with the first request.
type Monitored struct {
	once     sync.Once
	detached sync.Once
}

// ServeMissed starts a goroutine that has the first request's context for ever.
func (s *Monitored) ServeMissed(w http.ResponseWriter, r *http.Request) {
	s.once.Do(func() {
		m := &monitor{ctx: r.Context(), name: r.URL.Path, tick: time.Tick(time.Minute)} // missed: the state of a goroutine is not a place
		go m.forever()
	})
	w.WriteHeader(http.StatusOK)
}

// ServeDetachedClean starts one that has no more of it than the values.
func (s *Monitored) ServeDetachedClean(w http.ResponseWriter, r *http.Request) {
	s.detached.Do(func() {
		m := &monitor{ctx: context.WithoutCancel(r.Context()), name: r.URL.Path, tick: time.Tick(time.Minute)}
		go m.forever()
	})
	w.WriteHeader(http.StatusOK)
}

// ServeWatchedClean starts one for each request, which ends with it.
func (s *Monitored) ServeWatchedClean(w http.ResponseWriter, r *http.Request, next http.Handler) {
	m := &monitor{ctx: r.Context(), name: r.URL.Path, tick: time.Tick(time.Minute)}
	go m.whileAlive()
	next.ServeHTTP(w, r)
}

// FanOutClean waits for the goroutines that have the request's context.
func FanOutClean(w http.ResponseWriter, r *http.Request, do func(context.Context, string) error) {
	jobs := []job{
		{ctx: r.Context(), name: "a", done: make(chan error, 1)},
		{ctx: r.Context(), name: "b", done: make(chan error, 1)},
	}
	for _, j := range jobs {
		go func() { j.done <- do(j.ctx, j.name) }()
	}
	for _, j := range jobs {
		if err := <-j.done; err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
	}
}
