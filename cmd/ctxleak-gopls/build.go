package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
)

const (
	module = "github.com/ctxleak/ctxleak"
	tools  = "golang.org/x/tools"
	gopls  = tools + "/gopls"
)

// supported are the versions of gopls that the build is tried with, the best
// first. Each compiles only with the x/tools that its own go.mod names, so the
// analyzer has to compile with that one, too; older ones lack an API.
var supported = []string{"v0.23.0", "v0.22.0"}

func check(version string) error {
	if !slices.Contains(supported, version) {
		return fmt.Errorf("gopls %s is not supported: it is tried with %s", version, strings.Join(supported, " and "))
	}
	return nil
}

// registration is the file that is added to gopls.
const registration = `package settings

import "` + module + `/analyzer"

func init() { AllAnalyzers = append(AllAnalyzers, &Analyzer{analyzer: analyzer.Analyzer}) }
`

// build writes to out a gopls of the given version with the analyzer of source,
// a version of ctxleak, a folder, or "".
//
// The module is copied, since the go command refuses to replace files of the
// module cache (go build -overlay).
func build(version, source, out string, progress io.Writer) error {
	edits, err := requirement(source)
	if err != nil {
		return err
	}
	fmt.Fprintf(progress, "ctxleak-gopls: fetching gopls %s\n", version)
	original, err := download(version)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "ctxleak-gopls")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if err := os.CopyFS(work, os.DirFS(original)); err != nil {
		return err
	}
	file := filepath.Join(work, "internal", "settings", "ctxleak.go")
	if err := os.WriteFile(file, []byte(registration), 0o666); err != nil {
		return err
	}
	own, err := goCommand(work, "mod", "edit", "-json")
	if err != nil {
		return err
	}
	pin, err := required([]byte(own), tools)
	if err != nil {
		return err
	}
	edits = append(edits, "-replace="+tools+"="+tools+"@"+pin)
	if _, err := goCommand(work, append([]string{"mod", "edit"}, edits...)...); err != nil {
		return err
	}
	fmt.Fprintf(progress, "ctxleak-gopls: building %s\n", out)
	// -trimpath: packages are taken from the build cache wherever work is.
	_, err = goCommand(work, "build", "-mod=mod", "-trimpath", "-ldflags=-X main.version="+version+"+ctxleak", "-o", out, ".")
	return err
}

// requirement is what go mod edit is told to require the ctxleak that source
// means.
func requirement(source string) ([]string, error) {
	if source == "" {
		source = own()
	}
	if source == "" {
		dir, err := goCommand("", "list", "-m", "-f", "{{.Dir}}", module)
		if err != nil {
			return nil, fmt.Errorf("this command was built from a checkout: run it there, or give the folder by -ctxleak")
		}
		source = strings.TrimSpace(dir)
	}
	if strings.HasPrefix(source, "v") && !strings.ContainsAny(source, `/\`) {
		return []string{"-require=" + module + "@" + source}, nil
	}
	dir, err := filepath.Abs(source)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(dir, "analyzer", "analyzer.go")); err != nil {
		return nil, fmt.Errorf("-ctxleak=%s is neither a version nor a checkout of ctxleak: %v", source, err)
	}
	return []string{"-require=" + module + "@v0.0.0", "-replace=" + module + "=" + dir}, nil
}

// own is the version of the module that this command was installed from, or ""
// if it was built in a checkout.
func own() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Path != module || info.Main.Version == "(devel)" || strings.Contains(info.Main.Version, "+") {
		return ""
	}
	return info.Main.Version
}

// download returns the folder of gopls in the module cache.
func download(version string) (string, error) {
	out, err := goCommand(os.TempDir(), "mod", "download", "-json", gopls+"@"+version)
	if err != nil {
		return "", err
	}
	var m struct{ Dir string }
	if err := json.Unmarshal([]byte(out), &m); err != nil {
		return "", fmt.Errorf("go mod download %s: %v", gopls, err)
	}
	return m.Dir, nil
}

// required is the version of path that a go.mod file, printed by go mod edit
// -json, requires.
func required(mod []byte, path string) (string, error) {
	var file struct {
		Require []struct{ Path, Version string }
	}
	if err := json.Unmarshal(mod, &file); err != nil {
		return "", err
	}
	for _, r := range file.Require {
		if r.Path == path {
			return r.Version, nil
		}
	}
	return "", fmt.Errorf("the go.mod of gopls does not require %s", path)
}

// goCommand runs the go command in dir, outside all workspaces, and returns
// what it prints. Of a failure, the error tells all that it printed.
func goCommand(dir string, args ...string) (string, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		text := strings.TrimSpace(stderr.String() + string(out))
		return "", fmt.Errorf("go %s: %v\n%s", args[0], err, text)
	}
	return string(out), nil
}
