// Package mirror fetches artifacts from an upstream.
package mirror

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Artifact is the content of an upstream object. Close must be called.
type Artifact struct {
	ETag   string
	body   io.ReadCloser
	cancel context.CancelFunc
}

// Read implements io.Reader.
func (a *Artifact) Read(p []byte) (int, error) { return a.body.Read(p) }

// Close implements io.Closer.
func (a *Artifact) Close() error {
	err := a.body.Close()
	a.cancel()
	return err
}

// Mirror fetches from one upstream.
type Mirror struct {
	Client *http.Client
	Base   string
	Limit  time.Duration
}

// Fetch returns the artifact at path, or nil where etag is still good.
func (m *Mirror) Fetch(ctx context.Context, path, etag string) (a *Artifact, err error) {
	ctx, cancel := context.WithTimeout(ctx, m.Limit) // LEAK
	defer func() {
		if err != nil {
			cancel()
		}
	}()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, m.Base+path, nil)
	if err != nil {
		return nil, err
	}
	if etag != "" {
		req.Header.Set("If-None-Match", etag)
	}
	resp, err := m.Client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("mirror %s: %w", path, err)
	}
	switch resp.StatusCode {
	case http.StatusOK:
		return &Artifact{ETag: resp.Header.Get("ETag"), body: resp.Body, cancel: cancel}, nil
	case http.StatusNotModified:
		resp.Body.Close()
		return nil, nil
	default:
		resp.Body.Close()
		return nil, fmt.Errorf("mirror %s: %s", path, resp.Status)
	}
}
