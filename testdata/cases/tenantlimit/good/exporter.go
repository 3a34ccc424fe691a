// Package export streams a tenant's rows at the rate that it pays for.
package export

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"time"

	"cases/tenantlimit/good/limiter"
)

// Plan is what a tenant pays for.
type Plan struct {
	Interval time.Duration // between two rows
	Burst    int
}

// Tenants knows all tenants.
type Tenants interface {
	Plan(name string) (Plan, bool)
	Rows(ctx context.Context, name string) iter.Seq[any]
}

// Exporter is an http.Handler.
type Exporter struct {
	ctx     context.Context
	quit    context.CancelFunc
	tenants Tenants
}

// New returns an exporter. Close ends its exports.
func New(tenants Tenants) *Exporter {
	ctx, quit := context.WithCancel(context.Background())
	return &Exporter{ctx: ctx, quit: quit, tenants: tenants}
}

// ServeHTTP implements http.Handler.
func (e *Exporter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("tenant")
	plan, ok := e.tenants.Plan(name)
	if !ok {
		http.NotFound(w, r)
		return
	}
	rate := limiter.New(e.ctx, plan.Interval, plan.Burst)
	defer rate.Stop()
	out := json.NewEncoder(w)
	for row := range e.tenants.Rows(r.Context(), name) {
		if rate.Wait(r.Context()) != nil || out.Encode(row) != nil {
			return
		}
	}
}

// Close ends all exports.
func (e *Exporter) Close() { e.quit() }
