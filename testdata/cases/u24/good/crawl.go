// Package crawl fetches sites.
package crawl

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Page is a fetched page.
type Page struct {
	URL   string
	Links []string
}

// Fetch fetches a page.
type Fetch func(ctx context.Context, url string) (*Page, error)

// Crawl fetches start and what it links to, depth links away, and calls visit
// for each page.
func Crawl(ctx context.Context, fetch Fetch, start string, depth int, visit func(*Page) error) (err error) {
	g, ctx := errgroup.WithContext(ctx)
	pages := make(chan *Page)
	defer func() {
		go func() {
			for range pages {
			}
		}()
		werr := g.Wait()
		close(pages)
		if err == nil {
			err = werr
		}
	}()
	seen := map[string]bool{start: true}
	frontier := []string{start}
	for d := 0; d <= depth && len(frontier) > 0; d++ {
		for _, url := range frontier {
			g.Go(func() error { return fetchTo(ctx, fetch, url, pages) })
		}
		sent := len(frontier)
		frontier = nil
		for range sent {
			var p *Page
			select {
			case p = <-pages:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
			if err := visit(p); err != nil {
				return fmt.Errorf("visit %s: %w", p.URL, err)
			}
			for _, l := range p.Links {
				if !seen[l] {
					seen[l] = true
					frontier = append(frontier, l)
				}
			}
		}
	}
	return nil
}

func fetchTo(ctx context.Context, fetch Fetch, url string, pages chan<- *Page) error {
	p, err := fetch(ctx, url)
	if err != nil {
		return err
	}
	select {
	case pages <- p:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Indexer indexes pages in the background.
type Indexer struct {
	group *errgroup.Group
	pages chan *Page
	once  sync.Once
	err   error
}

// NewIndexer starts an indexer with n workers. Close must be called.
func NewIndexer(ctx context.Context, n int, index func(context.Context, *Page) error) *Indexer {
	g, ctx := errgroup.WithContext(ctx)
	ix := &Indexer{group: g, pages: make(chan *Page, n)}
	for range n {
		g.Go(func() error {
			var failed error
			for p := range ix.pages {
				if err := index(ctx, p); err != nil {
					failed = errors.Join(failed, fmt.Errorf("index %s: %w", p.URL, err))
				}
			}
			return failed
		})
	}
	return ix
}

// Pages is where the pages go.
func (ix *Indexer) Pages() chan<- *Page { return ix.pages }

// Close waits until all pages are indexed.
func (ix *Indexer) Close() error {
	ix.once.Do(func() {
		close(ix.pages)
		ix.err = ix.group.Wait()
	})
	return ix.err
}
