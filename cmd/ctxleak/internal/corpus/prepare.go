package corpus

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Env is the environment in which a prepared module is analysed: as the main
// module, without the C parts, and with no Go version but the one that is
// installed.
func Env() []string {
	return append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off", "CGO_ENABLED=0", "GOTOOLCHAIN=local")
}

// Prepare returns the folder of a copy of module at version that can be
// analysed as a main module. It makes the copy under dir if it is not there.
//
// The copy is as the go command downloads it, but for what ties it to its
// repository: vendor and go.work are removed, replacements by folders that are
// not part of the module are dropped, and where there is no go.mod, one is made.
func Prepare(dir, module, version string) (string, error) {
	dest := filepath.Join(dir, strings.ReplaceAll(module, "/", "_")+"@"+version)
	ready := filepath.Join(dest, ".ready")
	if _, err := os.Stat(ready); err == nil {
		return dest, nil
	}
	src, err := download(module, version)
	if err != nil {
		return "", err
	}
	// What an interrupted run has left is not to be trusted.
	if err := os.RemoveAll(dest); err != nil {
		return "", err
	}
	if err := os.CopyFS(dest, os.DirFS(src)); err != nil {
		return "", err
	}
	for _, name := range []string{"vendor", "go.work", "go.work.sum"} {
		if err := os.RemoveAll(filepath.Join(dest, name)); err != nil {
			return "", err
		}
	}
	if err := loosen(dest, module, version); err != nil {
		return "", err
	}
	return dest, os.WriteFile(ready, nil, 0o666)
}

// download returns the folder of module at version in the module cache, which
// is read-only.
func download(module, version string) (string, error) {
	scratch, err := os.MkdirTemp("", "ctxleak-corpus-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(scratch)
	if err := os.WriteFile(filepath.Join(scratch, "go.mod"), []byte("module scratch\n"), 0o666); err != nil {
		return "", err
	}
	out, err := goCommand(scratch, "mod", "download", "-json", module+"@"+version)
	var got struct{ Dir, Error string }
	if jsonErr := json.Unmarshal(out, &got); jsonErr == nil && got.Dir != "" {
		return got.Dir, nil
	}
	if got.Error != "" {
		err = errors.New(got.Error)
	}
	if err == nil {
		err = errors.New("the go command tells no folder")
	}
	return "", fmt.Errorf("%s@%s: %v", module, version, err)
}

// loosen rewrites the go.mod of the copy of module in dir.
func loosen(dir, module, version string) error {
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); errors.Is(err, os.ErrNotExist) {
		if _, err := goCommand(dir, "mod", "init", module); err != nil {
			return err
		}
		_, err := goCommand(dir, "mod", "tidy")
		return err
	}
	out, err := goCommand(dir, "mod", "edit", "-json")
	if err != nil {
		return err
	}
	var mod modFile
	if err := json.Unmarshal(out, &mod); err != nil {
		return fmt.Errorf("go mod edit -json: %v", err)
	}
	args := append([]string{"mod", "edit", "-toolchain=none"}, mod.edits(dir, module, version)...)
	_, err = goCommand(dir, args...)
	return err
}

// A modFile is as much of go mod edit -json as matters here.
type modFile struct {
	Replace []struct{ Old, New modVersion }
}

type modVersion struct{ Path, Version string }

func (v modVersion) String() string {
	if v.Version == "" {
		return v.Path
	}
	return v.Path + "@" + v.Version
}

// edits are the flags of go mod edit that drop the replacements by folders that
// dir lacks. Kubernetes has the modules that it is made of in such folders, and
// publishes each as v0.x where it is v1.x itself.
func (f modFile) edits(dir, module, version string) []string {
	var edits []string
	for _, r := range f.Replace {
		local := strings.HasPrefix(r.New.Path, "./") || strings.HasPrefix(r.New.Path, "../")
		if !local {
			continue
		}
		staged := module == "k8s.io/kubernetes" && strings.HasPrefix(r.New.Path, "./staging/src/")
		minor, isV1 := strings.CutPrefix(version, "v1.")
		switch _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(r.New.Path))); {
		case staged && isV1:
			edits = append(edits, fmt.Sprintf("-replace=%v=%s@v0.%s", r.Old, r.Old.Path, minor))
		case err != nil:
			edits = append(edits, "-dropreplace="+r.Old.String())
		}
	}
	return edits
}

// goCommand runs the go command in dir and returns its output; an error tells
// the last line of what it complained about.
func goCommand(dir string, args ...string) ([]byte, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = Env()
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if last := lastLine(exit.Stderr); last != "" {
			err = errors.New(last)
		}
		err = fmt.Errorf("go %s: %w", strings.Join(args[:min(2, len(args))], " "), err)
	}
	return out, err
}

func lastLine(b []byte) string {
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return lines[len(lines)-1]
}
