package overwritten

// "For a key that is there already": one that follows from what the caller chose.
// Silent where the key is made here, and is another each time.

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
)

type shelf struct {
	root context.Context
	mu   sync.Mutex
	m    map[string]context.CancelFunc
	next int
	read func(context.Context, string)
}

func (s *shelf) Close() {
	for _, cancel := range s.m {
		cancel()
	}
}

// open returns a release, not a key.
func (s *shelf) open(key string) context.CancelFunc {
	ctx, cancel := context.WithCancel(s.root)
	go s.read(ctx, key)
	return cancel
}

func (s *shelf) FormLeaks(w http.ResponseWriter, r *http.Request) {
	name := r.FormValue("file")
	s.m[name] = s.open(name) // want `\[overwritten\]`
}

func (s *shelf) QueryLeaks(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Query().Get("file")
	s.m[name] = s.open(name) // want `\[overwritten\]`
}

func (s *shelf) FormClean(w http.ResponseWriter, r *http.Request) {
	name := r.FormValue("file")
	if old, ok := s.m[name]; ok {
		old()
	}
	s.m[name] = s.open(name)
}

func (s *shelf) LowerLeaks(name string) {
	key := strings.ToLower(name)
	s.m[key] = s.open(key) // want `\[overwritten\]`
}

func (s *shelf) JoinedLeaks(namespace, name string) {
	key := namespace + "/" + name
	s.m[key] = s.open(key) // want `\[overwritten\]`
}

func (s *shelf) FormattedLeaks(namespace, name string) {
	key := fmt.Sprintf("%s/%s", namespace, name)
	s.m[key] = s.open(key) // want `\[overwritten\]`
}

// NumberedClean has a number in the key that is another each time.
func (s *shelf) NumberedClean(name string) {
	s.next++
	key := fmt.Sprintf("%s/%d", name, s.next)
	s.m[key] = s.open(key)
}

// FreshClean has a part in the key that is made here.
func (s *shelf) FreshClean(name string) {
	key := name + "/" + newName(name)
	s.m[key] = s.open(key)
}

var names int

// newName may return anything.
func newName(prefix string) string {
	names++
	return fmt.Sprint(prefix, names)
}

// OwnClean has a key that nothing but the shelf says.
func (s *shelf) OwnClean() {
	key := s.current()
	s.m[key] = s.open(key)
}

func (s *shelf) current() string { return fmt.Sprint(s.next) }

type shelfRequest struct{ namespace, name string }

func (r *shelfRequest) key() string { return r.namespace + "/" + r.name }

func (s *shelf) PureLeaks(r *shelfRequest) {
	s.m[r.key()] = s.open("") // want `\[overwritten\]`
}
