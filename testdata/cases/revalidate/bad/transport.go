// Package httpcache answers requests from memory while they hold.
package httpcache

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"sync"
	"time"
)

type entry struct {
	etag   string
	header http.Header
	body   []byte
}

func (e *entry) response(req *http.Request) *http.Response {
	return &http.Response{
		Status:        "200 OK",
		StatusCode:    http.StatusOK,
		Header:        e.header.Clone(),
		Body:          io.NopCloser(bytes.NewReader(e.body)),
		ContentLength: int64(len(e.body)),
		Request:       req,
	}
}

// body ends the request when it is closed.
type body struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (b body) Close() error {
	defer b.cancel()
	return b.ReadCloser.Close()
}

// Transport is a caching http.RoundTripper.
type Transport struct {
	Base  http.RoundTripper
	Limit time.Duration // of a request and the reading of its body

	mu      sync.RWMutex
	entries map[string]*entry
}

// Keep puts a response into the cache.
func (t *Transport) Keep(url, etag string, header http.Header, body []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.entries == nil {
		t.entries = make(map[string]*entry)
	}
	t.entries[url] = &entry{etag: etag, header: header.Clone(), body: body}
}

func (t *Transport) lookup(url string) (*entry, bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	e, ok := t.entries[url]
	return e, ok
}

// RoundTrip implements http.RoundTripper.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), t.Limit) // LEAK
	out := req.Clone(ctx)
	cached, ok := t.lookup(req.URL.String())
	if ok {
		out.Header.Set("If-None-Match", cached.etag)
	}
	resp, err := t.Base.RoundTrip(out)
	if err != nil {
		cancel()
		return nil, err
	}
	if ok && resp.StatusCode == http.StatusNotModified {
		resp.Body.Close()
		return cached.response(req), nil
	}
	resp.Body = body{resp.Body, cancel}
	return resp, nil
}
