package stored

// A caller's context is kept in a global, or in a map or slice of the receiver from which nothing is ever removed.

import (
	"context"
	"errors"
	"sync"
)

var (
	queryMu      sync.Mutex
	lastQueryCtx context.Context
	lastQuery    string
	runningCtx   context.Context
)

// QueryLeaks keeps the context of the last query in a global.
func QueryLeaks(ctx context.Context, query string, run func(context.Context, string) error) error {
	queryMu.Lock()
	lastQueryCtx = ctx // want `\[stored\]`
	queryMu.Unlock()
	return run(ctx, query)
}

// QueryClean keeps the query.
func QueryClean(ctx context.Context, query string, run func(context.Context, string) error) error {
	queryMu.Lock()
	lastQuery = query
	queryMu.Unlock()
	return run(ctx, query)
}

// QueryForTheCallClean keeps the context until the query is done, in another global.
func QueryForTheCallClean(ctx context.Context, query string, run func(context.Context, string) error) error {
	queryMu.Lock()
	defer queryMu.Unlock()
	runningCtx = ctx
	defer func() { runningCtx = nil }()
	return run(ctx, query)
}

// InterruptedQuery reports whether the last query was interrupted.
func InterruptedQuery() (string, bool) {
	queryMu.Lock()
	defer queryMu.Unlock()
	return lastQuery, lastQueryCtx != nil && lastQueryCtx.Err() != nil
}

var callers = make(map[string]context.Context)

// CallLeaks keeps the context of each caller in a global map.
func CallLeaks(ctx context.Context, name string, f func(context.Context) error) error {
	callers[name] = ctx // want `\[stored\]`
	return f(ctx)
}

// Caller returns a caller's context.
func Caller(name string) context.Context { return callers[name] }

// Cache computes values once.
type Cache struct {
	mu      sync.Mutex
	values  map[string]string
	askers  map[string]context.Context
	waiting map[string]context.Context
	history []context.Context
	load    func(context.Context, string) (string, error)
}

// NewCache returns an empty cache.
func NewCache(load func(context.Context, string) (string, error)) *Cache {
	return &Cache{
		values:  make(map[string]string),
		askers:  make(map[string]context.Context),
		waiting: make(map[string]context.Context),
		load:    load,
	}
}

// GetLeaks keeps the context of who asked first, for each key.
func (c *Cache) GetLeaks(ctx context.Context, key string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if v, ok := c.values[key]; ok {
		return v, nil
	}
	c.askers[key] = ctx // want `\[stored\]`
	v, err := c.load(ctx, key)
	if err == nil {
		c.values[key] = v
	}
	return v, err
}

// Asked reports whether who asked for key is still interested.
func (c *Cache) Asked(key string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	ctx, ok := c.askers[key]
	return ok && ctx.Err() == nil
}

// GetClean keeps it while it is loading.
func (c *Cache) GetClean(ctx context.Context, key string) (string, error) {
	c.mu.Lock()
	c.waiting[key] = ctx
	c.mu.Unlock()
	v, err := c.load(ctx, key)
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.waiting, key)
	return v, err
}

// RecordLeaks keeps the contexts of all calls.
func (c *Cache) RecordLeaks(ctx context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.history = append(c.history, ctx) // want `\[stored\]`
}

// Interrupted returns how many of the recorded calls were.
func (c *Cache) Interrupted() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, ctx := range c.history {
		if ctx.Err() != nil {
			n++
		}
	}
	return n
}

// Clients register, and unregister in the end.
type Clients struct {
	mu      sync.Mutex
	byName  map[string]client
	ordered []client
}

type client struct {
	ctx  context.Context
	name string
}

// NewClients returns no clients.
func NewClients() *Clients { return &Clients{byName: make(map[string]client)} }

// RegisterClean keeps the client's context until UnregisterClean.
func (c *Clients) RegisterClean(ctx context.Context, name string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.byName[name]; ok {
		return errors.New("registered")
	}
	c.byName[name] = client{ctx: ctx, name: name}
	return nil
}

// UnregisterClean forgets a client.
func (c *Clients) UnregisterClean(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.byName, name)
}

// QueueClean keeps the client's context until it is the client's turn.
func (c *Clients) QueueClean(ctx context.Context, name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ordered = append(c.ordered, client{ctx: ctx, name: name})
}

// NextClean forgets and returns whose turn it is.
func (c *Clients) NextClean() (string, context.Context, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.ordered) == 0 {
		return "", nil, false
	}
	first := c.ordered[0]
	c.ordered = c.ordered[1:]
	return first.name, first.ctx, true
}

// Directory is a registry that only grows.
type Directory struct {
	byName map[string]*client
}

// NewDirectory returns an empty directory.
func NewDirectory() *Directory { return &Directory{byName: make(map[string]*client)} }

// EnterLeaks keeps the context of each name that was ever entered.
func (d *Directory) EnterLeaks(ctx context.Context, name string) {
	if d.byName[name] != nil {
		return
	}
	cl := &client{ctx: ctx, name: name} // want `\[stored\]`
	d.byName[name] = cl
}

// EnterNameClean keeps the name.
func (d *Directory) EnterNameClean(ctx context.Context, name string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if d.byName[name] == nil {
		d.byName[name] = &client{name: name}
	}
	return nil
}

// Gone returns whose contexts are done.
func (d *Directory) Gone() (names []string) {
	for name, cl := range d.byName {
		if cl.ctx != nil && cl.ctx.Err() != nil {
			names = append(names, name)
		}
	}
	return names
}

// RealLeaks records its calls, in a file that somebody writes.
type RealLeaks struct{ calls []context.Context }

// Do is a method.
func (r *RealLeaks) Do(ctx context.Context) {
	r.calls = append(r.calls, ctx) // want `\[stored\]`
}
