// Package renew keeps credentials fresh.
package renew

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"
)

// Credential is a secret with an end.
type Credential struct {
	Secret string
	Until  time.Time
}

// Issuer issues credentials.
type Issuer interface {
	Issue(ctx context.Context, subject string) (Credential, error)
}

// Renewer keeps the credential of one subject.
type Renewer struct {
	Issuer  Issuer
	Subject string
	Timeout time.Duration
	Margin  time.Duration
	current atomic.Pointer[Credential]
}

// Current returns the latest credential.
func (r *Renewer) Current() (Credential, error) {
	c := r.current.Load()
	if c == nil || time.Now().After(c.Until) {
		return Credential{}, errors.New("no valid credential")
	}
	return *c, nil
}

// Run renews the credential until ctx is done.
func (r *Renewer) Run(ctx context.Context) error {
	wait := time.Duration(0)
	for {
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
		cred, err := func() (Credential, error) {
			ctx, cancel := context.WithTimeout(ctx, r.Timeout)
			defer cancel()
			return r.Issuer.Issue(ctx, r.Subject)
		}()
		if err != nil {
			slog.WarnContext(ctx, "renewal failed", "subject", r.Subject, "err", err)
			wait = min(max(2*wait, time.Second), r.Margin)
			continue
		}
		r.current.Store(&cred)
		wait = max(time.Until(cred.Until)-r.Margin, time.Second)
	}
}
