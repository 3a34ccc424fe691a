// Package pipeline runs commands that feed each other.
package pipeline

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"sync"
	"time"
)

// Spec is a command.
type Spec struct {
	Path  string
	Args  []string
	Limit time.Duration
}

// stage is a started command. Wait must be called.
type stage struct {
	name   string
	cmd    *exec.Cmd
	cancel context.CancelFunc
	out    *io.PipeReader
	once   sync.Once
	err    error
}

func startStage(ctx context.Context, s Spec, in io.Reader) (*stage, error) {
	ctx, cancel := context.WithTimeout(ctx, s.Limit)
	cmd := exec.CommandContext(ctx, s.Path, s.Args...)
	r, w := io.Pipe()
	cmd.Stdin, cmd.Stdout = in, w
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		cancel()
		return nil, fmt.Errorf("start %s: %w", s.Path, err)
	}
	return &stage{name: s.Path, cmd: cmd, cancel: cancel, out: r}, nil
}

// kill makes Wait return soon.
func (st *stage) kill() {
	_ = st.cmd.Process.Kill()
	st.out.Close()
}

// Wait waits for the command and ends its context.
func (st *stage) Wait() error {
	st.once.Do(func() {
		err := st.cmd.Wait()
		st.cmd.Stdout.(*io.PipeWriter).CloseWithError(err)
		st.cancel()
		if err != nil {
			st.err = fmt.Errorf("%s: %w", st.name, err)
		}
	})
	return st.err
}
