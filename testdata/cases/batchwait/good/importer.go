// Package ingest writes batches of rows to a table.
package ingest

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"cases/batchwait/good/group"
)

// Row is one row.
type Row []any

// Table takes rows.
type Table interface {
	Insert(ctx context.Context, rows []Row) error
}

// ErrEmpty is returned for an input without rows.
var ErrEmpty = errors.New("no rows")

// Importer writes to a table.
type Importer struct {
	Table   Table
	Writers int
	Batch   int
}

// Import writes all rows.
func (im *Importer) Import(ctx context.Context, rows iter.Seq2[Row, error]) error {
	g, ctx := group.New(ctx, im.Writers)
	var batch []Row
	total := 0
	for row, err := range rows {
		if err != nil {
			return errors.Join(fmt.Errorf("row %d: %w", total, err), g.Wait())
		}
		total++
		if batch = append(batch, row); len(batch) == im.Batch {
			full := batch
			g.Go(func() error { return im.Table.Insert(ctx, full) })
			batch = nil
		}
	}
	if len(batch) > 0 {
		g.Go(func() error { return im.Table.Insert(ctx, batch) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if total == 0 {
		return ErrEmpty
	}
	return nil
}
