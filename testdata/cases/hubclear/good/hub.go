// Package hub broadcasts to the peers of an epoch.
package hub

import (
	"context"
	"io"
	"sync"

	"cases/hubclear/good/peer"
)

// Hub holds the peers of the current epoch.
type Hub struct {
	ctx  context.Context
	quit context.CancelFunc

	mu    sync.RWMutex
	epoch uint64
	peers map[string]peer.Peer
}

// New returns a hub that ends with ctx.
func New(ctx context.Context) *Hub {
	h := &Hub{peers: make(map[string]peer.Peer)}
	h.ctx, h.quit = context.WithCancel(ctx)
	return h
}

// Add adds a peer, in place of one with the same name.
func (h *Hub) Add(name string, w io.Writer) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if old, ok := h.peers[name]; ok {
		old.Close()
	}
	h.peers[name] = peer.Attach(h.ctx, name, w)
}

// Remove removes a peer.
func (h *Hub) Remove(name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if p, ok := h.peers[name]; ok {
		p.Close()
		delete(h.peers, name)
	}
}

// Advance begins an epoch, for which all peers have to be added again.
func (h *Hub) Advance(epoch uint64) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if epoch <= h.epoch {
		return false
	}
	h.epoch = epoch
	for _, p := range h.peers {
		p.Close()
	}
	clear(h.peers)
	return true
}

// Broadcast sends to all peers and returns how many got it.
func (h *Hub) Broadcast(msg []byte) (n int) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, p := range h.peers {
		if p.Send(msg) {
			n++
		}
	}
	return n
}

// Close stops all writers.
func (h *Hub) Close() { h.quit() }
