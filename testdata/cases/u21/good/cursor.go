// Package cursor iterates over the rows of long queries.
package cursor

import (
	"context"
	"database/sql"
	"iter"
	"time"
)

// Row is a key and its value.
type Row struct {
	Key   string
	Value []byte
}

// Table reads a table.
type Table struct {
	DB    *sql.DB
	Limit time.Duration
}

// Rows yields the rows whose key begins with prefix.
func (t *Table) Rows(ctx context.Context, prefix string) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		ctx, cancel := context.WithTimeout(ctx, t.Limit)
		defer cancel()
		rows, err := t.DB.QueryContext(ctx, "SELECT k, v FROM t WHERE k LIKE $1 ORDER BY k", prefix+"%")
		if err != nil {
			yield(Row{}, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			var r Row
			if err := rows.Scan(&r.Key, &r.Value); err != nil {
				yield(Row{}, err)
				return
			}
			if !yield(r, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Row{}, err)
		}
	}
}

// First returns the first row whose key begins with prefix.
func (t *Table) First(ctx context.Context, prefix string) (Row, bool, error) {
	for r, err := range t.Rows(ctx, prefix) {
		return r, err == nil, err
	}
	return Row{}, false, nil
}

// Diff returns the keys that only one of the tables has.
func Diff(ctx context.Context, a, b *Table, prefix string) ([]string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	nextA, stopA := iter.Pull2(a.Rows(ctx, prefix))
	defer stopA()
	nextB, stopB := iter.Pull2(b.Rows(ctx, prefix))
	defer stopB()
	var diff []string
	ra, ea, okA := nextA()
	rb, eb, okB := nextB()
	for okA || okB {
		switch {
		case okA && ea != nil:
			return nil, ea
		case okB && eb != nil:
			return nil, eb
		case !okB || okA && ra.Key < rb.Key:
			diff = append(diff, ra.Key)
			ra, ea, okA = nextA()
		case !okA || rb.Key < ra.Key:
			diff = append(diff, rb.Key)
			rb, eb, okB = nextB()
		default:
			ra, ea, okA = nextA()
			rb, eb, okB = nextB()
		}
	}
	return diff, nil
}
