// Package tenantdb opens transactions in the name of a tenant.
package tenantdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"cases/c16/bad/guard"
)

// DB opens tenant transactions.
type DB struct {
	Pool  *sql.DB
	Limit time.Duration
}

// Session returns a transaction for tenant, and a function that ends it: it
// commits where its argument is nil.
func (d *DB) Session(ctx context.Context, tenant string, write bool) (*sql.Tx, func(error) error, error) {
	ctx, release := guard.Begin(ctx, d.Limit) // LEAK
	tx, err := d.Pool.BeginTx(ctx, &sql.TxOptions{ReadOnly: !write})
	if err != nil {
		release(err)
		return nil, nil, fmt.Errorf("begin: %w", err)
	}
	if _, err := tx.ExecContext(ctx, "SELECT set_config('app.tenant', $1, true)", tenant); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("tenant %s: %w", tenant, err), tx.Rollback())
	}
	end := func(err error) error {
		defer release(err)
		if err != nil {
			return errors.Join(err, tx.Rollback())
		}
		return tx.Commit()
	}
	return tx, end, nil
}

// InTenant calls f in a transaction of tenant.
func (d *DB) InTenant(ctx context.Context, tenant string, f func(*sql.Tx) error) error {
	tx, end, err := d.Session(ctx, tenant, true)
	if err != nil {
		return err
	}
	return end(f(tx))
}

// Count counts the rows of a query that yields one number.
func (d *DB) Count(ctx context.Context, tenant, query string, args ...any) (int64, error) {
	tx, end, err := d.Session(ctx, tenant, false)
	if err != nil {
		return 0, err
	}
	var n int64
	err = tx.QueryRowContext(ctx, query, args...).Scan(&n)
	if err := end(err); err != nil {
		return 0, err
	}
	return n, nil
}
