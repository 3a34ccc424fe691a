// Package verify checks blocks in parallel.
package verify

import (
	"context"
	"fmt"

	"cases/b11/bad/group"
)

// Block is a block to verify.
type Block struct {
	Number uint64
	Txs    [][]byte
}

// Verifier checks blocks.
type Verifier struct {
	check func(ctx context.Context, block uint64, tx []byte) error
}

// New returns a verifier of transactions.
func New(check func(ctx context.Context, block uint64, tx []byte) error) *Verifier {
	return &Verifier{check: check}
}

// Block verifies all transactions of b at once.
func (v *Verifier) Block(ctx context.Context, b Block) error {
	g, ctx := group.New(ctx) // LEAK
	for i, tx := range b.Txs {
		g.Go(func() error {
			if err := v.check(ctx, b.Number, tx); err != nil {
				return fmt.Errorf("block %d: tx %d: %w", b.Number, i, err)
			}
			return nil
		})
	}
	return g.Wait()
}

// Follow verifies blocks as they come and returns at the first that is wrong.
func (v *Verifier) Follow(ctx context.Context, blocks <-chan Block) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case b, ok := <-blocks:
			if !ok {
				return nil
			}
			if err := v.Block(ctx, b); err != nil {
				return err
			}
		}
	}
}
