package unclosed

// An owner inside an owner: embedded, in a field, in a field of a field.

import "context"

// Server embeds a worker, and with it its Close.
type Server struct {
	*Worker
	addr string
}

// NewServer returns a server. Close must be called.
func NewServer(ctx context.Context, addr string) *Server {
	return &Server{Worker: NewWorker(ctx), addr: addr}
}

// Addr returns the server's address.
func (s *Server) Addr() string { return s.addr }

// EmbeddedLeaks never closes the server.
func EmbeddedLeaks(ctx context.Context, addr string) error {
	s := NewServer(ctx, addr) // want `\[unclosed\]`
	return s.Do(s.Addr())
}

// EmbeddedClean defers the promoted Close.
func EmbeddedClean(ctx context.Context, addr string) error {
	s := NewServer(ctx, addr)
	defer s.Close()
	return s.Do(s.Addr())
}

// EmbeddedFieldClean closes the embedded worker by its own name.
func EmbeddedFieldClean(ctx context.Context, addr string) error {
	s := NewServer(ctx, addr)
	defer s.Worker.Close()
	return s.Do(s.Addr())
}

// Client has a worker in a field and ends it in Shutdown.
type Client struct {
	w *Worker
}

// NewClient returns a client. Shutdown must be called.
func NewClient(ctx context.Context) *Client {
	c := &Client{}
	c.w = NewWorker(ctx)
	return c
}

// Get uses the client.
func (c *Client) Get(path string) error { return c.w.Do(path) }

// Shutdown ends the client.
func (c *Client) Shutdown() {
	if c.w != nil {
		c.w.Close()
	}
}

// FieldLeaks never shuts the client down.
func FieldLeaks(ctx context.Context) error {
	c := NewClient(ctx) // want `\[unclosed\]`
	return c.Get("/")
}

// FieldClean does.
func FieldClean(ctx context.Context) error {
	c := NewClient(ctx)
	defer c.Shutdown()
	return c.Get("/")
}

// Fleet is an owner of owners of owners.
type Fleet struct {
	clients []*Client
}

// NewFleet returns a fleet of n clients. Shutdown must be called.
func NewFleet(ctx context.Context, n int) *Fleet {
	f := &Fleet{}
	for range n {
		f.clients = append(f.clients, NewClient(ctx))
	}
	return f
}

// Get uses the first client.
func (f *Fleet) Get(path string) error { return f.clients[0].Get(path) }

// Shutdown ends all clients.
func (f *Fleet) Shutdown() {
	for _, c := range f.clients {
		c.Shutdown()
	}
}

// FleetLeaks never shuts the fleet down.
func FleetLeaks(ctx context.Context) error {
	f := NewFleet(ctx, 3) // want `\[unclosed\]`
	return f.Get("/")
}

// FleetClean does.
func FleetClean(ctx context.Context) error {
	f := NewFleet(ctx, 3)
	defer f.Shutdown()
	return f.Get("/")
}

// PartLeaks keeps a worker in a struct of its own that dies with the call.
func PartLeaks(ctx context.Context, path string) error {
	c := Client{w: NewWorker(ctx)} // want `\[unclosed\]`
	return c.Get(path)
}

// PartClean shuts that struct down.
func PartClean(ctx context.Context, path string) error {
	c := Client{w: NewWorker(ctx)}
	defer c.Shutdown()
	return c.Get(path)
}
