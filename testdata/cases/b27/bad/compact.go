// Package compact merges the tables of a store.
package compact

import (
	"context"
	"errors"

	"cases/b27/bad/progress"
)

// Table is a sorted table.
type Table struct {
	Level int
	Keys  int
}

// Merge merges tables into one.
type Merge func(ctx context.Context, tables []Table) (Table, error)

// Compactor merges tables level by level.
type Compactor struct {
	board  progress.Board
	merge  Merge
	width  int
	tables map[int][]Table
}

// New returns a compactor that merges a level once it has width tables.
func New(width int, merge Merge) *Compactor {
	return &Compactor{merge: merge, width: width, tables: make(map[int][]Table)}
}

// Add adds a table, then merges what is full.
func (c *Compactor) Add(ctx context.Context, t Table) error {
	c.tables[t.Level] = append(c.tables[t.Level], t)
	var errs []error
	for level := t.Level; len(c.tables[level]) >= c.width; level++ {
		if err := c.level(ctx, level); err != nil {
			errs = append(errs, err)
			break
		}
	}
	return errors.Join(errs...)
}

func (c *Compactor) level(ctx context.Context, level int) error {
	ctx, cancel := context.WithCancel(ctx) // LEAK
	defer c.board.Begin("compact", cancel) // LEAK
	merged, err := c.merge(ctx, c.tables[level])
	if err != nil {
		return err
	}
	merged.Level = level + 1
	c.tables[level] = nil
	c.tables[level+1] = append(c.tables[level+1], merged)
	return nil
}
