// Package telemetry sends signals to a collector at regular times.
package telemetry

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Exporter sends one kind of signal.
type Exporter interface {
	Export(ctx context.Context) error
}

type config struct {
	interval time.Duration
	onError  func(error)
	exporter Exporter
}

// Option configures a provider.
type Option func(*config)

// WithInterval sets the time between exports.
func WithInterval(d time.Duration) Option { return func(c *config) { c.interval = d } }

// WithErrorHandler sets what is told about errors.
func WithErrorHandler(f func(error)) Option { return func(c *config) { c.onError = f } }

// WithExporter sets the exporter.
func WithExporter(e Exporter) Option { return func(c *config) { c.exporter = e } }

// Provider exports one kind of signal. Shutdown must be called.
type Provider struct {
	cfg  config
	stop context.CancelCauseFunc
	done chan struct{}
	once sync.Once
}

var errShutdown = errors.New("telemetry is shut down")

// NewProvider starts a provider.
func NewProvider(ctx context.Context, opts ...Option) (*Provider, error) {
	cfg := config{interval: time.Minute, onError: func(error) {}}
	for _, o := range opts {
		o(&cfg)
	}
	if cfg.exporter == nil {
		return nil, errors.New("telemetry: no exporter")
	}
	ctx, stop := context.WithCancelCause(ctx)
	p := &Provider{cfg: cfg, stop: stop, done: make(chan struct{})}
	go p.run(ctx)
	return p, nil
}

func (p *Provider) run(ctx context.Context) {
	defer close(p.done)
	t := time.NewTicker(p.cfg.interval)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			if err := p.cfg.exporter.Export(ctx); err != nil {
				p.cfg.onError(err)
			}
		}
	}
}

// Shutdown ends the provider after a last export.
func (p *Provider) Shutdown(ctx context.Context) (err error) {
	p.once.Do(func() {
		p.stop(errShutdown)
		<-p.done
		err = p.cfg.exporter.Export(ctx)
	})
	return err
}
