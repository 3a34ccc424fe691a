// Package logs streams log lines.
package logs

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

// Stream yields lines. It must be read until Recv fails, or closed.
type Stream struct {
	body   io.ReadCloser
	r      *bufio.Reader
	once   sync.Once
	cancel context.CancelFunc
}

func (s *Stream) finish() {
	s.once.Do(func() {
		s.body.Close()
		s.cancel()
	})
}

// Recv returns the next line, or io.EOF after the last.
func (s *Stream) Recv() (string, error) {
	line, err := s.r.ReadString('\n')
	if err != nil {
		s.finish()
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// Close ends the stream.
func (s *Stream) Close() error {
	s.finish()
	return nil
}

// Client asks for logs.
type Client struct {
	HTTP *http.Client
	Base string
}

// Stream opens the log of name.
func (c *Client) Stream(ctx context.Context, name string) (_ *Stream, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer func() {
		if err != nil {
			cancel()
		}
	}()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.Base+"/logs/"+name, nil)
	if err != nil {
		return nil, err
	}
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		return nil, fmt.Errorf("log %s: %s", name, resp.Status)
	}
	return &Stream{body: resp.Body, r: bufio.NewReader(resp.Body), cancel: cancel}, nil
}

// Copy writes the log of name to w.
func (c *Client) Copy(ctx context.Context, w io.StringWriter, name string) error {
	s, err := c.Stream(ctx, name)
	if err != nil {
		return err
	}
	var werr error
	for {
		line, err := s.Recv()
		if errors.Is(err, io.EOF) {
			return werr
		}
		if err != nil {
			return errors.Join(werr, err)
		}
		if werr == nil {
			_, werr = w.WriteString(line + "\n")
		}
	}
}

// Find returns the first line of name with text.
func (c *Client) Find(ctx context.Context, name, text string) (string, error) {
	s, err := c.Stream(ctx, name)
	if err != nil {
		return "", err
	}
	for {
		line, err := s.Recv()
		if err != nil {
			return "", err
		}
		if strings.Contains(line, text) {
			return line, s.Close()
		}
	}
}
