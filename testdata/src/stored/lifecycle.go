package stored

// Silent on the context that an object lives under: New, Start and Run keep it, and the caller means them to.

import (
	"context"
	"net"
	"net/http"
	"sync"
)

// ServiceClean lives under the context it was made with.
type ServiceClean struct {
	ctx context.Context
	wg  sync.WaitGroup
}

// NewServiceClean returns a service that ends with ctx.
func NewServiceClean(ctx context.Context) *ServiceClean { return &ServiceClean{ctx: ctx} }

// Go calls f under the service's context.
func (s *ServiceClean) Go(f func(context.Context)) {
	s.wg.Go(func() { f(s.ctx) })
}

// DaemonClean lives under the context it was started with.
type DaemonClean struct {
	ctx  context.Context
	jobs chan func(context.Context)
}

// Start keeps ctx until the daemon ends, with it.
func (d *DaemonClean) Start(ctx context.Context) {
	d.ctx = ctx
	d.jobs = make(chan func(context.Context))
	go d.loop()
}

func (d *DaemonClean) loop() {
	for {
		select {
		case <-d.ctx.Done():
			return
		case job := <-d.jobs:
			job(d.ctx)
		}
	}
}

// Submit submits a job.
func (d *DaemonClean) Submit(job func(context.Context)) { d.jobs <- job }

// ManagerClean lives for the time of Run.
type ManagerClean struct {
	ctx   context.Context
	tasks []func(context.Context) error
}

// Run keeps ctx for the tasks, and returns when they are done.
func (m *ManagerClean) Run(ctx context.Context) error {
	m.ctx = ctx
	for _, task := range m.tasks {
		if err := m.run(task); err != nil {
			return err
		}
	}
	return nil
}

func (m *ManagerClean) run(task func(context.Context) error) error { return task(m.ctx) }

// Add adds a task.
func (m *ManagerClean) Add(task func(context.Context) error) { m.tasks = append(m.tasks, task) }

// Plugin is started by a host, which gives it the host's context.
type Plugin struct {
	mu  sync.Mutex
	ctx context.Context
	n   int
}

// Start keeps the host's context.
func (p *Plugin) Start(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ctx = ctx
	return ctx.Err()
}

// ServeLeaks puts a request's context in its place.
func (p *Plugin) ServeLeaks(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ctx = r.Context() // want `\[stored\]`
	p.n++
}

// ServeClean uses the one that is there.
func (p *Plugin) ServeClean(w http.ResponseWriter, r *http.Request, do func(host, request context.Context)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	do(p.ctx, r.Context())
	p.n++
}

// ListenClean gives each connection's requests the server's context.
func ListenClean(ctx context.Context, srv *http.Server) error {
	srv.BaseContext = func(net.Listener) context.Context { return ctx }
	return srv.ListenAndServe()
}

var (
	baseOnce sync.Once
	baseCtx  context.Context
)

// baseClean returns the context of the whole process.
func baseClean() context.Context {
	baseOnce.Do(func() {
		baseCtx = context.WithValue(context.Background(), userKey{}, "nobody")
	})
	return baseCtx
}

// Detach calls f under it.
func Detach(f func(context.Context)) { go f(baseClean()) }
