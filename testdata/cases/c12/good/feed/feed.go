// Package feed reads long lists from a server, page by page.
package feed

import (
	"context"
	"errors"
	"io"
)

// Conn asks for pages.
type Conn interface {
	Page(ctx context.Context, topic string, after int64) ([]Entry, error)
}

// Entry is an item of a list.
type Entry struct {
	Seq  int64
	Data []byte
}

// Stream yields entries until Recv returns an error; a caller that stops
// before must call Close.
type Stream struct {
	ctx    context.Context
	cancel context.CancelFunc
	pages  chan []Entry
	err    chan error
	head   []Entry
}

// Subscribe opens the stream of topic.
func Subscribe(ctx context.Context, c Conn, topic string) *Stream {
	ctx, cancel := context.WithCancel(ctx)
	s := &Stream{ctx: ctx, cancel: cancel, pages: make(chan []Entry), err: make(chan error, 1)}
	go s.prefetch(c, topic)
	return s
}

func (s *Stream) prefetch(c Conn, topic string) {
	var after int64
	for {
		page, err := c.Page(s.ctx, topic, after)
		if err == nil && len(page) == 0 {
			err = io.EOF
		}
		if err != nil {
			s.err <- err
			return
		}
		after = page[len(page)-1].Seq
		select {
		case s.pages <- page:
		case <-s.ctx.Done():
			s.err <- s.ctx.Err()
			return
		}
	}
}

// Recv returns the next entry, or io.EOF after the last.
func (s *Stream) Recv() (Entry, error) {
	if len(s.head) == 0 {
		select {
		case s.head = <-s.pages:
		case err := <-s.err:
			if !errors.Is(err, io.EOF) && s.ctx.Err() == nil {
				err = errors.Join(errors.New("feed broke"), err)
			}
			s.cancel()
			return Entry{}, err
		}
	}
	e := s.head[0]
	s.head = s.head[1:]
	return e, nil
}

// Close ends the stream early.
func (s *Stream) Close() { s.cancel() }
