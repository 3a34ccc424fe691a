package agent

import "context"

type peer struct {
	addr   string
	cancel context.CancelCauseFunc
}

func connect(ctx context.Context, addr string, dial func(context.Context, string) error) (*peer, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	if err := dial(ctx, addr); err != nil {
		cancel(err)
		return nil, err
	}
	return &peer{addr: addr, cancel: cancel}, nil
}

func (p *peer) Close() error {
	p.cancel(nil)
	return nil
}

type watch struct {
	context.CancelFunc
}

func newWatch(ctx context.Context, key string, f func(context.Context, string)) *watch {
	ctx, cancel := context.WithCancel(ctx)
	go f(ctx, key)
	return &watch{cancel}
}

func (w *watch) Close() error {
	w.CancelFunc()
	return nil
}
