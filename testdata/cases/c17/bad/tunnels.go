// Package tunnels keeps one tunnel for each peer.
package tunnels

import (
	"context"
	"net/netip"
	"time"

	"cases/c17/bad/registry"
)

// Tunnel is a route to a peer.
type Tunnel struct {
	Peer   netip.Addr
	Key    string
	Expiry time.Time
}

// Announcement is what a peer tells about itself; a later one counts.
type Announcement struct {
	Tunnel
	Gone bool
}

// Manager keeps tunnels up.
type Manager struct {
	tunnels *registry.Registry[netip.Addr, Tunnel]
	keep    func(ctx context.Context, t Tunnel)
}

// NewManager returns a manager that keeps each tunnel with keep.
func NewManager(keep func(context.Context, Tunnel)) *Manager {
	return &Manager{tunnels: registry.New[netip.Addr, Tunnel](), keep: keep}
}

// Run follows announcements until there are no more.
func (m *Manager) Run(ctx context.Context, announcements <-chan Announcement) {
	defer m.tunnels.Clear()
	for a := range announcements {
		if a.Gone {
			m.tunnels.Remove(a.Peer)
			continue
		}
		m.tunnels.Put(ctx, a.Peer, a.Tunnel, m.keep)
	}
}
