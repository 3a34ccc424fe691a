// Package rpc calls methods over HTTP.
package rpc

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

type callKey struct{}

type options struct {
	ctx     context.Context
	timeout time.Duration
	header  http.Header
}

// Option changes a call.
type Option func(*options)

// WithContext makes the call end with ctx.
func WithContext(ctx context.Context) Option { return func(o *options) { o.ctx = ctx } }

// WithTimeout bounds the call.
func WithTimeout(d time.Duration) Option { return func(o *options) { o.timeout = d } }

// WithHeader adds a header.
func WithHeader(k, v string) Option { return func(o *options) { o.header.Add(k, v) } }

type call struct {
	ctx    context.Context
	method string
	start  time.Time
	body   []byte
}

func (c *call) request(base string, h http.Header) (*http.Request, error) {
	req, err := http.NewRequest(http.MethodPost, base+"/"+c.method, bytes.NewReader(c.body))
	if err != nil {
		return nil, err
	}
	req.Header = h
	return req.WithContext(context.WithValue(c.ctx, callKey{}, c)), nil
}

// Client calls the methods of one server.
type Client struct {
	HTTP *http.Client
	Base string
	Took func(method string, d time.Duration)
}

// Call calls method and decodes the answer into out.
func (c *Client) Call(method string, in, out any, opts ...Option) error {
	o := options{ctx: context.Background(), header: http.Header{}}
	for _, opt := range opts {
		opt(&o)
	}
	if o.timeout > 0 {
		ctx, cancel := context.WithTimeout(o.ctx, o.timeout)
		defer cancel()
		o.ctx = ctx
	}
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	cl := &call{method: method, start: time.Now(), body: body}
	cl.ctx = o.ctx
	req, err := cl.request(c.Base, o.header)
	if err != nil {
		return err
	}
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	defer resp.Body.Close()
	c.Took(method, time.Since(cl.start))
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", method, resp.Status)
	}
	return json.NewDecoder(resp.Body).Decode(out)
}
