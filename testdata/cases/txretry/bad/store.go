// Package accounts moves amounts between accounts.
package accounts

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cases/txretry/bad/tx"
)

const attempts = 5

// Store keeps accounts in a database.
type Store struct {
	Conn tx.Conn
}

func (s *Store) update(ctx context.Context, f func(*tx.Tx) error) error {
	for n := range attempts {
		t, err := tx.Begin(ctx, s.Conn) // LEAK
		if err != nil {
			return err
		}
		err = f(t)
		if errors.Is(err, tx.ErrConflict) {
			time.Sleep(time.Duration(n+1) * 10 * time.Millisecond)
			continue
		}
		if err != nil {
			return errors.Join(err, t.Rollback())
		}
		return t.Commit()
	}
	return fmt.Errorf("gave up after %d attempts: %w", attempts, tx.ErrConflict)
}

// Move moves an amount.
func (s *Store) Move(ctx context.Context, from, to string, amount int64) error {
	return s.update(ctx, func(t *tx.Tx) error {
		const add = "UPDATE accounts SET balance = balance + ? WHERE name = ?"
		if err := t.Exec(add, -amount, from); err != nil {
			return err
		}
		return t.Exec(add, amount, to)
	})
}
