// Package fetch fetches parts in parallel.
package fetch

import (
	"context"
	"errors"
	"iter"

	"cases/t05/good/par"
)

// Part is a part of a file.
type Part struct {
	Offset int64
	Size   int
}

// Get gets a part.
type Get func(ctx context.Context, p Part) ([]byte, error)

// Size returns how many bytes the parts have.
func Size(ctx context.Context, parts []Part, get Get) (n int, err error) {
	r, ctx := par.New[int](ctx, 4)
	for _, p := range parts {
		r.Go(func() (int, error) {
			b, err := get(ctx, p)
			return len(b), err
		})
	}
	sizes, err := r.Wait()
	for _, s := range sizes {
		n += s
	}
	return n, err
}

// All gets the parts of a sequence that may fail on its way.
func All(ctx context.Context, parts iter.Seq2[Part, error], get Get) ([][]byte, error) {
	r, ctx := par.New[[]byte](ctx, 4)
	for p, err := range parts {
		if err != nil {
			r.Abort()
			return nil, err
		}
		if p.Size < 0 {
			r.Abort()
			return nil, errors.New("negative size")
		}
		r.Go(func() ([]byte, error) { return get(ctx, p) })
	}
	return r.Wait()
}

// Any returns the first part that comes.
func Any(ctx context.Context, parts []Part, get Get) (b []byte, err error) {
	r, ctx := par.New[struct{}](ctx, len(parts))
	defer r.Abort()
	got := make(chan []byte, len(parts))
	for _, p := range parts {
		r.Go(func() (struct{}, error) {
			b, err := get(ctx, p)
			got <- b
			return struct{}{}, err
		})
	}
	for range parts {
		if b := <-got; b != nil {
			return b, nil
		}
	}
	return nil, errors.New("no part")
}
