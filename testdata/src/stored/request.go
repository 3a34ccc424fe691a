package stored

// A request's context is kept in something that outlives the request: the receiver's map, field or slice, a global.

import (
	"context"
	"net/http"
	"sync"
	"time"
)

type visit struct {
	ctx  context.Context
	user string
}

// MapServer remembers visits by user.
type MapServer struct {
	mu     sync.Mutex
	visits map[string]*visit
}

// NewMapServer returns a server without visits.
func NewMapServer() *MapServer { return &MapServer{visits: make(map[string]*visit)} }

// VisitLeaks keeps the request's context with the visit.
func (s *MapServer) VisitLeaks(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	user := r.FormValue("user")
	s.visits[user] = &visit{ctx: r.Context(), user: user} // want `\[stored\]`
	w.WriteHeader(http.StatusCreated)
}

// VisitDetachedClean keeps its values alone.
func (s *MapServer) VisitDetachedClean(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	user := r.FormValue("user")
	s.visits[user] = &visit{ctx: context.WithoutCancel(r.Context()), user: user}
	w.WriteHeader(http.StatusCreated)
}

// VisitBackgroundClean begins a context of its own.
func (s *MapServer) VisitBackgroundClean(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	user := r.FormValue("user")
	s.visits[user] = &visit{ctx: context.Background(), user: user}
	w.WriteHeader(http.StatusCreated)
}

// VisitNamedLeaks makes the visit first, and inserts it later.
func (s *MapServer) VisitNamedLeaks(w http.ResponseWriter, r *http.Request) {
	v := &visit{user: r.FormValue("user")}
	v.ctx = r.Context() // want `\[stored\]`
	s.mu.Lock()
	defer s.mu.Unlock()
	s.visits[v.user] = v
	w.WriteHeader(http.StatusCreated)
}

// VisitUnkeptClean makes such a visit, and uses it up.
func (s *MapServer) VisitUnkeptClean(w http.ResponseWriter, r *http.Request) {
	v := &visit{user: r.FormValue("user")}
	v.ctx = r.Context()
	if !v.known() {
		w.WriteHeader(http.StatusNotFound)
	}
}

func (v *visit) known() bool { return v.ctx.Err() == nil && v.user != "" }

// Users returns who has visited.
func (s *MapServer) Users() (users []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for user, v := range s.visits {
		if v.ctx.Err() == nil {
			users = append(users, user)
		}
	}
	return users
}

// PresenceServer knows who is visiting just now.
type PresenceServer struct {
	mu      sync.Mutex
	present map[string]*visit
	current context.Context
}

// NewPresenceServer returns a server without visitors.
func NewPresenceServer() *PresenceServer {
	return &PresenceServer{present: make(map[string]*visit)}
}

// VisitForTheCallClean keeps the visit until the handler returns.
func (s *PresenceServer) VisitForTheCallClean(w http.ResponseWriter, r *http.Request, next http.Handler) {
	user := r.FormValue("user")
	s.mu.Lock()
	s.present[user] = &visit{ctx: r.Context(), user: user}
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.present, user)
	}()
	next.ServeHTTP(w, r)
}

// VisitHelperClean does the same through two helpers.
func (s *PresenceServer) VisitHelperClean(w http.ResponseWriter, r *http.Request, next http.Handler) {
	user := r.FormValue("user")
	s.enterClean(r.Context(), user)
	defer s.leave(user)
	next.ServeHTTP(w, r)
}

func (s *PresenceServer) enterClean(ctx context.Context, user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.present[user] = &visit{ctx: ctx, user: user}
}

func (s *PresenceServer) leave(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.present, user)
}

// FieldForTheCallClean sets a field, and takes the context out at the end.
func (s *PresenceServer) FieldForTheCallClean(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current = r.Context()
	defer func() { s.current = nil }()
	s.answer(w)
}

func (s *PresenceServer) answer(w http.ResponseWriter) {
	if s.current.Err() == nil {
		w.WriteHeader(http.StatusOK)
	}
}

// FieldServer keeps the state of the last request in its fields.
type FieldServer struct {
	mu   sync.Mutex
	last context.Context
	path string
	hits int
}

// ServeFieldLeaks keeps the context of the last request.
func (s *FieldServer) ServeFieldLeaks(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = r.Context() // want `\[stored\]`
	s.hits++
}

// ServePathClean keeps something else of it.
func (s *FieldServer) ServePathClean(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.path = r.URL.Path
	s.hits++
}

func (s *FieldServer) serve(w http.ResponseWriter) {
	if s.last.Err() == nil {
		w.WriteHeader(http.StatusOK)
	}
}

// ServeDerivedLeaks keeps a context derived from the request's.
func (s *FieldServer) ServeDerivedLeaks(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithValue(r.Context(), userKey{}, r.FormValue("user"))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = ctx // want `\[stored\]`
	s.serve(w)
}

// ServeDerivedClean passes it on.
func (s *FieldServer) ServeDerivedClean(w http.ResponseWriter, r *http.Request, next http.Handler) {
	ctx := context.WithValue(r.Context(), userKey{}, r.FormValue("user"))
	next.ServeHTTP(w, r.WithContext(ctx))
}

// ServeTimeoutLeaks keeps a context whose timeout ends with the call.
func (s *FieldServer) ServeTimeoutLeaks(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), time.Second)
	defer cancel()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = ctx // want `\[stored\]`
	s.serve(w)
}

// ServeTimeoutClean uses it for the call.
func (s *FieldServer) ServeTimeoutClean(w http.ResponseWriter, r *http.Request, do func(context.Context) error) {
	ctx, cancel := context.WithTimeout(r.Context(), time.Second)
	defer cancel()
	if do(ctx) != nil {
		w.WriteHeader(http.StatusInternalServerError)
	}
}

type userKey struct{}

// ServeValueClean keeps a value that was in the context.
func (s *FieldServer) ServeValueClean(w http.ResponseWriter, r *http.Request) {
	user, _ := r.Context().Value(userKey{}).(string)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.path = user
}

// ServeDeadlineClean keeps what the context says of its end.
func (s *FieldServer) ServeDeadlineClean(w http.ResponseWriter, r *http.Request) {
	deadline, ok := r.Context().Deadline()
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.path = deadline.String()
}

// SliceServer collects what is to be flushed.
type SliceServer struct {
	mu      sync.Mutex
	pending []context.Context
	visits  []visit
	paths   []string
}

// CollectLeaks collects contexts.
func (s *SliceServer) CollectLeaks(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending = append(s.pending, r.Context()) // want `\[stored\]`
}

// CollectClean collects paths.
func (s *SliceServer) CollectClean(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.paths = append(s.paths, r.URL.Path)
}

// CollectVisitLeaks collects structs with contexts in them.
func (s *SliceServer) CollectVisitLeaks(w http.ResponseWriter, r *http.Request) {
	v := visit{ctx: r.Context(), user: r.FormValue("user")} // want `\[stored\]`
	s.mu.Lock()
	defer s.mu.Unlock()
	s.visits = append(s.visits, v)
}

// CollectLocalClean collects them in a slice of its own.
func (s *SliceServer) CollectLocalClean(w http.ResponseWriter, r *http.Request) {
	var visits []visit
	for _, user := range r.URL.Query()["user"] {
		visits = append(visits, visit{ctx: r.Context(), user: user})
	}
	for _, v := range visits {
		if !v.known() {
			w.WriteHeader(http.StatusNotFound)
			return
		}
	}
}

// Flush calls f for what was collected.
func (s *SliceServer) Flush(f func(context.Context)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, ctx := range s.pending {
		f(ctx)
	}
	for _, v := range s.visits {
		f(v.ctx)
	}
}

var (
	lastMu  sync.Mutex
	lastCtx context.Context
	lastURL string
)

// HandleGlobalLeaks keeps the context in a global.
func HandleGlobalLeaks(w http.ResponseWriter, r *http.Request) {
	lastMu.Lock()
	defer lastMu.Unlock()
	lastCtx = r.Context() // want `\[stored\]`
}

// HandleGlobalClean keeps the URL in a global.
func HandleGlobalClean(w http.ResponseWriter, r *http.Request) {
	lastMu.Lock()
	defer lastMu.Unlock()
	lastURL = r.URL.String()
}

// Last returns what was kept.
func Last() (context.Context, string) {
	lastMu.Lock()
	defer lastMu.Unlock()
	return lastCtx, lastURL
}

// RoutesLeaks registers a handler that is a function literal.
func RoutesLeaks(mux *http.ServeMux, s *FieldServer) {
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.last = r.Context() // want `\[stored\]`
	})
}

// RoutesClean registers one whose struct dies with the request.
func RoutesClean(mux *http.ServeMux, do func(*visit)) {
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		do(&visit{ctx: r.Context(), user: r.FormValue("user")})
	})
}

// Hub is attached to by handlers.
type Hub struct {
	mu    sync.Mutex
	ctx   context.Context
	peers map[string]peer
}

type peer struct {
	ctx  context.Context
	addr string
}

// NewHub returns a hub without peers.
func NewHub() *Hub { return &Hub{peers: make(map[string]peer)} }

// AttachLeaks puts the request's context into the field of an argument.
func AttachLeaks(w http.ResponseWriter, r *http.Request, hub *Hub) {
	hub.mu.Lock()
	defer hub.mu.Unlock()
	hub.ctx = r.Context() // want `\[stored\]`
}

// AttachClean puts a context that isn't the request's there.
func AttachClean(w http.ResponseWriter, r *http.Request, hub *Hub) {
	hub.mu.Lock()
	defer hub.mu.Unlock()
	hub.ctx = context.WithoutCancel(r.Context())
}

// JoinLeaks puts it into a value in the map of an argument, through a helper.
func JoinLeaks(w http.ResponseWriter, r *http.Request, hub *Hub) {
	hub.joinLeaks(r.Context(), r.RemoteAddr)
}

func (h *Hub) joinLeaks(ctx context.Context, addr string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.peers[addr] = peer{ctx: ctx, addr: addr} // want `\[stored\]`
}

// Alive returns the peers whose contexts aren't done.
func (h *Hub) Alive() (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, p := range h.peers {
		if p.ctx.Err() == nil {
			n++
		}
	}
	return n
}
