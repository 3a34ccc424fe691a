// Package plugin runs plug-ins in child processes.
package plugin

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"sync"
)

// Manifest is what a plug-in says about itself.
type Manifest struct {
	Name    string   `json:"name"`
	Version string   `json:"version"`
	Verbs   []string `json:"verbs"`
}

// Instance is a running plug-in.
type Instance interface {
	Manifest() Manifest
	Call(verb string, args ...string) (string, error)
	io.Closer
}

type process struct {
	mu       sync.Mutex
	cmd      *exec.Cmd
	in       io.Writer
	out      *bufio.Reader
	manifest Manifest
	cancel   context.CancelFunc
}

// Load starts the plug-in at path. The instance must be closed.
func Load(ctx context.Context, path string) (Instance, error) {
	ctx, cancel := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, path)
	in, err := cmd.StdinPipe()
	if err != nil {
		cancel()
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		cancel()
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		cancel()
		return nil, fmt.Errorf("plug-in %s: %w", path, err)
	}
	p := &process{cmd: cmd, in: in, out: bufio.NewReader(out), cancel: cancel}
	answer, err := p.Call("manifest")
	if err == nil {
		err = json.Unmarshal([]byte(answer), &p.manifest)
	}
	if err != nil {
		_ = p.Close()
		return nil, fmt.Errorf("plug-in %s: %w", path, err)
	}
	return p, nil
}

func (p *process) Manifest() Manifest { return p.manifest }

func (p *process) Call(verb string, args ...string) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := json.NewEncoder(p.in).Encode(append([]string{verb}, args...)); err != nil {
		return "", err
	}
	return p.out.ReadString('\n')
}

func (p *process) Close() error {
	p.cancel()
	return p.cmd.Wait()
}
