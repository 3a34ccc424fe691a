package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Totals is what all stores have together.
type Totals struct {
	Series   int
	Samples  int
	Warnings []string
}

// Proxy asks several stores.
type Proxy struct {
	stores  []Store
	samples int // limit per request
}

// New returns a proxy in front of stores.
func New(samples int, stores ...Store) *Proxy {
	return &Proxy{stores: stores, samples: samples}
}

// Count counts what matches.
func (p *Proxy) Count(ctx context.Context, matcher string) (Totals, error) {
	var t Totals
	for _, st := range p.stores {
		if err := p.add(ctx, &t, st, matcher); err != nil {
			return Totals{}, err
		}
	}
	return t, nil
}

func (p *Proxy) add(ctx context.Context, t *Totals, st Store, matcher string) error {
	s, err := openSeries(ctx, st, matcher)
	if err != nil {
		return err
	}
	defer s.abort()
	for {
		f, err := s.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("store %s: %w", s.store, err)
		}
		if f.Warning != "" {
			t.Warnings = append(t.Warnings, s.store+": "+f.Warning)
			continue
		}
		t.Series += f.Series
		if t.Samples += f.Samples; t.Samples > p.samples {
			return fmt.Errorf("more than %d samples", p.samples)
		}
	}
}
