// Package peer writes messages to one peer.
package peer

import (
	"context"
	"io"
)

// Peer is a peer with a writer of its own.
type Peer struct {
	Name   string
	queue  chan []byte
	cancel context.CancelFunc
}

// Attach starts the writer of a peer. Close must be called.
func Attach(ctx context.Context, name string, w io.Writer) Peer {
	ctx, cancel := context.WithCancel(ctx)
	p := Peer{Name: name, queue: make(chan []byte, 8), cancel: cancel}
	go p.write(ctx, w)
	return p
}

func (p Peer) write(ctx context.Context, w io.Writer) {
	for {
		select {
		case <-ctx.Done():
			return
		case msg := <-p.queue:
			if _, err := w.Write(msg); err != nil {
				return
			}
		}
	}
}

// Send queues a message unless the peer is too slow.
func (p Peer) Send(msg []byte) bool {
	select {
	case p.queue <- msg:
		return true
	default:
		return false
	}
}

// Close stops the writer.
func (p Peer) Close() { p.cancel() }
