package pipeline

import "context"

// Map is the stage that applies a function.
type Map[T any] func(T) T

// Start implements Stage.
func (m Map[T]) Start(ctx context.Context, in <-chan T) (<-chan T, error) {
	out := make(chan T)
	go func() {
		defer close(out)
		for v := range in {
			select {
			case out <- m(v):
			case <-ctx.Done():
				return
			}
		}
	}()
	return out, nil
}
