package optin

// "Without it the finding belongs to the opt-in level `-level=all`": nothing in
// this package says that one object's method is called twice, so that nothing
// is reported by default.

import "context"

// Service is started by other packages, once or more often.
type Service struct {
	cancel context.CancelFunc
	run    func(context.Context)
}

// NewService returns a service that runs run.
func NewService(run func(context.Context)) *Service { return &Service{run: run} }

// StartClean is clean by default only.
func (s *Service) StartClean(parent context.Context) {
	var ctx context.Context
	ctx, s.cancel = context.WithCancel(parent)
	go s.run(ctx)
}

// Stop ends the service.
func (s *Service) Stop() {
	if s.cancel != nil {
		s.cancel()
	}
}
