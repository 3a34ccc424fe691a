// Package migrate checks migrations in a scratch schema.
package migrate

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Migration is one step.
type Migration struct {
	Name string
	Up   string
	Down string
}

// Report is the outcome of a check.
type Report struct {
	Applied []string
	Took    time.Duration
}

// Checker checks migrations.
type Checker struct {
	DB    *sql.DB
	Limit time.Duration
}

// Check applies all migrations in a scratch schema, and undoes them where one
// fails.
func (c *Checker) Check(parent context.Context, ms []Migration) (r *Report, err error) {
	start := time.Now()
	conn, err := c.DB.Conn(parent)
	if err != nil {
		return nil, err
	}
	defer conn.Close()

	var undo []func()
	defer func() {
		if err == nil {
			return
		}
		for n := len(undo) - 1; n >= 0; n-- {
			undo[n]()
		}
	}()
	ctx, cancel := context.WithTimeout(parent, c.Limit)
	defer cancel()
	if _, err := conn.ExecContext(ctx, "SET search_path TO scratch"); err != nil {
		return nil, fmt.Errorf("scratch schema: %w", err)
	}
	r = &Report{}
	for _, m := range ms {
		if _, err := conn.ExecContext(ctx, m.Up); err != nil {
			return nil, fmt.Errorf("%s: %w", m.Name, err)
		}
		undo = append(undo, func() {
			_, _ = conn.ExecContext(parent, m.Down)
		})
		r.Applied = append(r.Applied, m.Name)
	}
	r.Took = time.Since(start)
	return r, nil
}
