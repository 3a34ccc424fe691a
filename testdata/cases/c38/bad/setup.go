// Package observe sets up telemetry for a program.
package observe

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"cases/c38/bad/telemetry"
)

// Config names the exporters.
type Config struct {
	Traces, Metrics telemetry.Exporter
	Interval        time.Duration
}

func report(err error) { slog.Warn("telemetry", "err", err) }

// Setup starts tracing and metrics and returns a function that ends both.
func Setup(ctx context.Context, cfg Config) (func(context.Context) error, error) {
	traces, err := telemetry.NewProvider(ctx, // LEAK
		telemetry.WithExporter(cfg.Traces),
		telemetry.WithErrorHandler(report))
	if err != nil {
		return nil, fmt.Errorf("traces: %w", err)
	}
	metrics, err := telemetry.NewProvider(ctx,
		telemetry.WithExporter(cfg.Metrics),
		telemetry.WithInterval(cfg.Interval),
		telemetry.WithErrorHandler(report))
	if err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	return func(ctx context.Context) error {
		return errors.Join(traces.Shutdown(ctx), metrics.Shutdown(ctx))
	}, nil
}
