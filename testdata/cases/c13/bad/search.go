// Package search asks all shards at once.
package search

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Hit is one result.
type Hit struct {
	Doc   string
	Score float64
}

// Shard is a part of the index.
type Shard interface {
	Search(ctx context.Context, query string, limit int) ([]Hit, error)
}

// Index is a list of shards that are opened when needed.
type Index struct {
	Shards []string
	Open   func(name string) (Shard, error)
	Width  int
}

// Search returns the best hits of all shards.
func (ix *Index) Search(ctx context.Context, query string, limit int) ([]Hit, error) {
	g, gctx := errgroup.WithContext(ctx) // LEAK
	g.SetLimit(max(ix.Width, 1))

	var mu sync.Mutex
	var all []Hit
	for _, name := range ix.Shards {
		shard, err := ix.Open(name)
		if err != nil {
			return nil, fmt.Errorf("shard %s: %w", name, err)
		}
		g.Go(func() error {
			hits, err := shard.Search(gctx, query, limit)
			if err != nil {
				return fmt.Errorf("shard %s: %w", name, err)
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, hits...)
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b Hit) int {
		return cmp.Or(-cmp.Compare(a.Score, b.Score), cmp.Compare(a.Doc, b.Doc))
	})
	if len(all) > limit {
		all = all[:limit]
	}
	return all, nil
}
