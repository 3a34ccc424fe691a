package lostpath

// "A goroutine that waits for something else" releases, but perhaps late: whoever
// needs the context no more has to release it as well.

import "context"

// Beside is stopped by others.
type Beside struct {
	ctx  context.Context
	stop chan struct{}
	do   func(context.Context) error
}

func (b *Beside) OnlyThereLeaks(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent) // want `called only after waiting for a channel .* \[lostpath\]`
	go func() {
		<-b.stop
		cancel()
	}()
	return b.do(ctx)
}

func (b *Beside) AtTheEndClean(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent)
	go func() {
		<-b.stop
		cancel()
	}()
	defer cancel()
	return b.do(ctx)
}

// merged is done with either.
func (b *Beside) merged(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(parent)
	go func() {
		select {
		case <-b.ctx.Done():
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

func (b *Beside) MergedLeaks(parent context.Context) error {
	ctx, cancel := b.merged(parent) // want `\[lostpath\]`
	if err := b.do(ctx); err != nil {
		return err
	}
	cancel()
	return nil
}

func (b *Beside) MergedClean(parent context.Context) error {
	ctx, cancel := b.merged(parent)
	defer cancel()
	return b.do(ctx)
}

type besideOwner struct{ cancel context.CancelFunc }

// OwnedClean is one that nobody has to release: stop does.
func OwnedClean(stop <-chan struct{}) *besideOwner {
	_, cancel := context.WithCancel(context.Background())
	go func() {
		<-stop
		cancel()
	}()
	return &besideOwner{cancel}
}

func UseOwnedClean(stop <-chan struct{}) { OwnedClean(stop) }
