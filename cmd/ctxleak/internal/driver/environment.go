package driver

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/packages"
)

// An Environment is what the go command says of itself in one folder.
type Environment struct {
	GOFLAGS, GOROOT, GOMODCACHE, GOVERSION string

	overlay overlay
}

// Ask runs go env in dir, and reads the overlay that GOFLAGS names.
func Ask(ctx context.Context, dir string) (*Environment, error) {
	cmd := exec.CommandContext(ctx, "go", "env", "-json", "GOFLAGS", "GOROOT", "GOMODCACHE", "GOVERSION")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go env: %v", err)
	}
	env := new(Environment)
	if err := json.Unmarshal(out, env); err != nil {
		return nil, fmt.Errorf("go env: %v", err)
	}
	env.overlay, err = readOverlay(dir, env.GOFLAGS)
	return env, err
}

// ours reports whether p may be under the hands of the user: it is neither the
// standard library's nor a released module's.
func (env *Environment) ours(p *packages.Package) bool {
	if m := p.Module; m != nil {
		return m.Main || m.Replace != nil && m.Replace.Version == ""
	}
	return !env.standard(p)
}

// standard reports whether p is of the standard library.
func (env *Environment) standard(p *packages.Package) bool {
	return p.Module == nil && strings.HasPrefix(p.Dir, filepath.Join(env.GOROOT, "src")+string(filepath.Separator))
}
