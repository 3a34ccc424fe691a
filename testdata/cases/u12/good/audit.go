// Package audit records requests after they were answered.
package audit

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

type userKey struct{}

// WithUser returns a context that names the user.
func WithUser(ctx context.Context, user string) context.Context {
	return context.WithValue(ctx, userKey{}, user)
}

// User is the user of ctx.
func User(ctx context.Context) string {
	u, _ := ctx.Value(userKey{}).(string)
	return u
}

type record struct {
	ctx    context.Context
	method string
	path   string
	status int
	at     time.Time
}

// Log writes records in the background.
type Log struct {
	records chan record
	done    sync.WaitGroup
	write   func(ctx context.Context, user, what string) error
}

// NewLog returns a log on top of write. Close must be called.
func NewLog(write func(context.Context, string, string) error) *Log {
	l := &Log{records: make(chan record, 256), write: write}
	l.done.Go(func() {
		for r := range l.records {
			l.record(r)
		}
	})
	return l
}

func (l *Log) record(r record) {
	ctx, cancel := context.WithTimeout(r.ctx, 10*time.Second)
	defer cancel()
	what := r.at.Format(time.RFC3339) + " " + r.method + " " + r.path + " " + http.StatusText(r.status)
	if err := l.write(ctx, User(ctx), what); err != nil {
		slog.ErrorContext(ctx, "audit", "err", err)
	}
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Wrap records what next answers.
func (l *Log) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sw := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(sw, r)
		ctx := context.WithoutCancel(r.Context())
		l.records <- record{ctx: ctx, method: r.Method, path: r.URL.Path, status: sw.status, at: time.Now()}
	})
}

// Close writes what is queued.
func (l *Log) Close() {
	close(l.records)
	l.done.Wait()
}
