package pipeline

import (
	"context"
	"errors"
	"io"
)

// Run feeds in through a filter and a sink and copies what comes out to out.
func Run(ctx context.Context, in io.Reader, out io.Writer, filter, sink Spec) error {
	first, err := startStage(ctx, filter, in)
	if err != nil {
		return err
	}
	last, err := startStage(ctx, sink, first.out)
	if err != nil {
		first.kill()
		_ = first.Wait()
		return err
	}
	results := make(chan error, 2)
	for _, st := range []*stage{first, last} {
		go func() { results <- st.Wait() }()
	}
	_, err = io.Copy(out, last.out)
	if err != nil {
		first.kill()
		last.kill()
	}
	return errors.Join(err, <-results, <-results)
}
