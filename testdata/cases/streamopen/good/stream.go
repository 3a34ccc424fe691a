// Package feed reads change feeds.
package feed

import (
	"context"
	"encoding/binary"
	"errors"
	"sync"
)

// Conn is a connection to a feed's server.
type Conn interface {
	Send(ctx context.Context, msg []byte) error
	Recv(ctx context.Context) ([]byte, error)
	Close() error
}

// ErrRefused is returned when the server no longer has the wanted changes.
var ErrRefused = errors.New("feed refused")

// Stream is an open feed. Close must be called.
type Stream struct {
	ctx    context.Context
	cancel context.CancelFunc
	once   sync.Once
	conn   Conn
	next   uint64
}

func (s *Stream) handshake() error {
	if err := s.conn.Send(s.ctx, binary.BigEndian.AppendUint64(nil, s.next)); err != nil {
		return err
	}
	answer, err := s.conn.Recv(s.ctx)
	if err != nil {
		return err
	}
	if len(answer) == 0 || answer[0] != 'A' {
		return ErrRefused
	}
	return nil
}

// Next waits for the next change.
func (s *Stream) Next() ([]byte, error) {
	msg, err := s.conn.Recv(s.ctx)
	if err == nil {
		s.next++
	}
	return msg, err
}

// Close ends the stream.
func (s *Stream) Close() error {
	s.once.Do(s.cancel)
	return s.conn.Close()
}
