// Package store queries a database within a budget.
package store

import (
	"context"
	"errors"
	"io"

	"cases/rowstream/bad/limit"
)

// ErrNoRows is returned for a statement that has no result.
var ErrNoRows = errors.New("statement returns no rows")

// Cursor steps through a result.
type Cursor interface {
	io.Closer
	Columns() []string
	Next() bool
	Scan(dest ...any) error
}

// Conn runs statements.
type Conn interface {
	Query(ctx context.Context, stmt string, args ...any) (Cursor, error)
}

// Rows is a result. Close must be called.
type Rows struct {
	Cursor
	left   int
	cancel context.CancelFunc
}

// Next steps to the next row within the budget.
func (r *Rows) Next() bool {
	if r.left == 0 {
		return false
	}
	r.left--
	return r.Cursor.Next()
}

// Close ends the statement.
func (r *Rows) Close() error {
	defer r.cancel()
	return r.Cursor.Close()
}

// DB queries over one connection.
type DB struct {
	conn   Conn
	budget limit.Budget
}

// New returns a database that grants each statement the budget.
func New(conn Conn, budget limit.Budget) *DB { return &DB{conn: conn, budget: budget} }

// Query runs a statement.
func (db *DB) Query(ctx context.Context, stmt string, args ...any) (*Rows, error) {
	ctx, cancel := db.budget.Apply(ctx) // LEAK
	cur, err := db.conn.Query(ctx, stmt, args...)
	if err != nil {
		cancel()
		return nil, err
	}
	if len(cur.Columns()) == 0 {
		return nil, errors.Join(ErrNoRows, cur.Close())
	}
	return &Rows{Cursor: cur, left: db.budget.Rows, cancel: cancel}, nil
}
