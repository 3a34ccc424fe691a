package stored

// Silent on what dies with the call: options, requests, builders, copies, iterators.

import (
	"context"
	"iter"
	"net/http"
	"time"
)

// Options of one call.
type Options struct {
	Context context.Context
	Timeout time.Duration
}

// Request is a request of the package's own kind.
type Request struct {
	ctx  context.Context
	path string
}

// Context returns the request's context.
func (r *Request) Context() context.Context { return r.ctx }

// WithContextClean returns a copy with another context.
func (r *Request) WithContextClean(ctx context.Context) *Request {
	r2 := *r
	r2.ctx = ctx
	return &r2
}

// NewRequestClean returns a request that the caller sends.
func NewRequestClean(ctx context.Context, path string) *Request {
	return &Request{ctx: ctx, path: path}
}

// Client sends requests.
type Client struct {
	send  func(*Request) error
	cache map[string]*Request
}

// NewClient returns a client.
func NewClient(send func(*Request) error) *Client {
	return &Client{send: send, cache: make(map[string]*Request)}
}

// CallClean sends a request with the options of one call.
func (c *Client) CallClean(path string, opts Options) error {
	ctx := opts.Context
	if ctx == nil {
		ctx = context.Background()
	}
	if opts.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, opts.Timeout)
		defer cancel()
	}
	return c.send(&Request{ctx: ctx, path: path})
}

// GetClean fills in the options.
func (c *Client) GetClean(ctx context.Context, path string) error {
	return c.CallClean(path, Options{Context: ctx, Timeout: time.Second})
}

// PreparedLeaks keeps the first request for each path, with its context, for all that come after.
func (c *Client) PreparedLeaks(ctx context.Context, path string) error {
	req, ok := c.cache[path]
	if !ok {
		req = &Request{ctx: ctx, path: path} // want `\[stored\]`
		c.cache[path] = req
	}
	return c.send(req)
}

// PreparedClean keeps it without a context, and sends a copy with one.
func (c *Client) PreparedClean(ctx context.Context, path string) error {
	req, ok := c.cache[path]
	if !ok {
		req = &Request{path: path}
		c.cache[path] = req
	}
	return c.send(req.WithContextClean(ctx))
}

// ProxyClean makes a request out of a request.
func (c *Client) ProxyClean(w http.ResponseWriter, r *http.Request) {
	req := &Request{ctx: r.Context(), path: r.URL.Path}
	if err := c.send(req); err != nil {
		w.WriteHeader(http.StatusBadGateway)
	}
}

// ForwardClean makes an http request out of a request.
func ForwardClean(w http.ResponseWriter, r *http.Request, base string) {
	req, err := http.NewRequestWithContext(r.Context(), http.MethodGet, base+r.URL.Path, nil)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	w.WriteHeader(resp.StatusCode)
}

// Builder builds a call.
type Builder struct {
	c    *Client
	opts Options
	path string
}

// Build begins a call.
func (c *Client) Build(path string) *Builder { return &Builder{c: c, path: path} }

// ContextClean sets the context of the call.
func (b *Builder) ContextClean(ctx context.Context) *Builder {
	b.opts.Context = ctx
	return b
}

// Do makes the call.
func (b *Builder) Do() error { return b.c.CallClean(b.path, b.opts) }

// BuildClean builds and makes a call for a request.
func (c *Client) BuildClean(w http.ResponseWriter, r *http.Request) {
	if err := c.Build(r.URL.Path).ContextClean(r.Context()).Do(); err != nil {
		w.WriteHeader(http.StatusBadGateway)
	}
}

// Option sets an option.
type Option func(*Options)

// WithContextOptionClean returns an option that sets the context.
func WithContextOptionClean(ctx context.Context) Option {
	return func(o *Options) { o.Context = ctx }
}

// MiddlewareClean puts the user into the request's context.
func MiddlewareClean(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := context.WithValue(r.Context(), userKey{}, r.FormValue("user"))
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// Pages is an iterator over a client's pages.
type Pages struct {
	ctx  context.Context
	c    *Client
	next int
}

// PagesClean returns an iterator for the caller, who is done with it when it is.
func (c *Client) PagesClean(ctx context.Context) *Pages { return &Pages{ctx: ctx, c: c} }

// Next gets the next page.
func (p *Pages) Next() error {
	p.next++
	return p.c.GetClean(p.ctx, "/")
}

// AllClean returns an iterator that is a function.
func (c *Client) AllClean(ctx context.Context, paths []string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, path := range paths {
			if !yield(path, c.GetClean(ctx, path)) {
				return
			}
		}
	}
}

// call is the state of one handler's work.
type call struct {
	ctx   context.Context
	w     http.ResponseWriter
	paths []string
}

// HandleClean makes the state, and uses it up.
func (c *Client) HandleClean(w http.ResponseWriter, r *http.Request) {
	st := call{ctx: r.Context(), w: w, paths: r.URL.Query()["path"]}
	st.handle(c)
}

func (st *call) handle(c *Client) {
	for _, path := range st.paths {
		if err := c.GetClean(st.ctx, path); err != nil {
			st.w.WriteHeader(http.StatusBadGateway)
			return
		}
	}
}

// IndexClean keeps contexts in a map that dies with the call.
func (c *Client) IndexClean(ctx context.Context, users []string) error {
	ctxs := make(map[string]context.Context, len(users))
	for _, user := range users {
		ctxs[user] = context.WithValue(ctx, userKey{}, user)
	}
	for user, ctx := range ctxs {
		if err := c.GetClean(ctx, "/"+user); err != nil {
			return err
		}
	}
	return nil
}

// run is the state of one run.
type run struct {
	handles []*handle
	n       int
}

type handle struct{ ctx context.Context }

// RunClean makes the state, fills it and forgets it.
func RunClean(ctx context.Context, n int, step func(*handle)) {
	r := &run{handles: make([]*handle, n), n: n}
	r.fillClean(ctx)
	for _, h := range r.handles {
		step(h)
	}
}

func (r *run) fillClean(ctx context.Context) {
	for i := range r.handles {
		r.handles[i] = &handle{ctx: ctx}
	}
}

// Pool keeps the handles of all calls.
type Pool struct{ handles []*handle }

// AddLeaks adds the caller's.
func (p *Pool) AddLeaks(ctx context.Context) {
	p.handles = append(p.handles, &handle{ctx: ctx}) // want `\[stored\]`
}
