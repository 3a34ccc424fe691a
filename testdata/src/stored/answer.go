package stored

// "Waiting for an answer": the request lasts until whoever has its context is done
// with it.

import (
	"context"
	"net/http"
	"sync"
	"time"
)

type asked struct {
	ctx    context.Context
	answer chan error
}

// Batch serves requests in groups.
type Batch struct {
	mu   sync.Mutex
	todo []asked
	last map[string]*asked
}

func (b *Batch) WaitClean(w http.ResponseWriter, r *http.Request) {
	it := asked{r.Context(), make(chan error, 1)}
	b.mu.Lock()
	b.todo = append(b.todo, it)
	b.mu.Unlock()
	if err := <-it.answer; err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func (b *Batch) EitherClean(w http.ResponseWriter, r *http.Request) {
	answer := make(chan error, 1)
	it := &asked{ctx: r.Context(), answer: answer}
	b.mu.Lock()
	b.last[r.URL.Path] = it
	b.mu.Unlock()
	select {
	case <-answer:
	case <-r.Context().Done():
	}
}

func (b *Batch) SometimesLeaks(w http.ResponseWriter, r *http.Request) {
	it := &asked{ctx: r.Context(), answer: make(chan error, 1)} // want `\[stored\]`
	b.mu.Lock()
	b.last[r.URL.Path] = it
	b.mu.Unlock()
	if r.FormValue("wait") == "" {
		return
	}
	<-it.answer
}

// ImpatientLeaks does not wait for long.
func (b *Batch) ImpatientLeaks(w http.ResponseWriter, r *http.Request) {
	it := &asked{ctx: r.Context(), answer: make(chan error, 1)} // want `\[stored\]`
	b.mu.Lock()
	b.last[r.URL.Path] = it
	b.mu.Unlock()
	select {
	case <-it.answer:
	case <-time.After(time.Second):
	}
}

// OtherLeaks waits for something else.
func (b *Batch) OtherLeaks(w http.ResponseWriter, r *http.Request, ready chan error) {
	it := &asked{ctx: r.Context(), answer: make(chan error, 1)} // want `\[stored\]`
	b.mu.Lock()
	b.last[r.URL.Path] = it
	b.mu.Unlock()
	<-ready
}

func (b *Batch) Flush(do func(context.Context) error) {
	b.mu.Lock()
	todo := b.todo
	b.todo = nil
	b.mu.Unlock()
	for _, it := range todo {
		it.answer <- do(it.ctx)
	}
}
