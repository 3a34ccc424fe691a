// Package inventory lists machines.
package inventory

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"cases/c18/good/budget"
)

// Machine is a listed machine.
type Machine struct {
	Name string
	Zone string
	Up   bool
}

// Page is a part of the list; an empty Next says that it is the last.
type Page struct {
	Items []Machine
	Next  string
}

// Client lists machines page by page.
type Client struct {
	Budget budget.Budget
	Get    func(ctx context.Context, token string) (Page, error)
}

// All yields all machines, or an error as the last.
func (c *Client) All(ctx context.Context) iter.Seq2[Machine, error] {
	return func(yield func(Machine, error) bool) {
		for token := ""; ; {
			pctx, cancel := c.Budget.With(ctx, "page")
			p, err := c.Get(pctx, token)
			cancel()
			if err != nil {
				yield(Machine{}, fmt.Errorf("page %q: %w", token, err))
				return
			}
			for _, m := range p.Items {
				if !yield(m, nil) {
					return
				}
			}
			if token = p.Next; token == "" {
				return
			}
		}
	}
}

// Find returns the first machine that is up in zone.
func (c *Client) Find(ctx context.Context, zone string) (Machine, error) {
	for m, err := range c.All(ctx) {
		if err != nil {
			return Machine{}, err
		}
		if m.Up && strings.EqualFold(m.Zone, zone) {
			return m, nil
		}
	}
	return Machine{}, fmt.Errorf("no machine is up in %s", zone)
}
