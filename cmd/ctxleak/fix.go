package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/bluekeyes/go-gitdiff/gitdiff"

	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/atomicfile"
)

// fix applies the fixes to all files, or, where one cannot be written, to none.
//
// Which fixes go together only x/tools knows, in packages of its own; and its
// drivers write file after file, whatever happens. So a process of ours is
// asked for -diff, and what it prints is applied here.
func fix(o *options, stderr io.Writer) int {
	exe, err := os.Executable()
	if err != nil {
		fmt.Fprintf(stderr, "ctxleak: %v\n", err)
		return exitError
	}
	cmd := exec.Command(exe, append([]string{"-diff"}, o.args()...)...)
	cmd.Args[0] = os.Args[0]
	var diff bytes.Buffer
	cmd.Stdout, cmd.Stderr = &diff, stderr
	code := exitClean
	if err := cmd.Run(); err != nil {
		exit := (*exec.ExitError)(nil)
		if !errors.As(err, &exit) {
			fmt.Fprintf(stderr, "ctxleak: %v\n", err)
			return exitError
		}
		code = exit.ExitCode() // it has said why; what else can be fixed, is
	}
	contents, err := patched(&diff)
	if err == nil {
		err = atomicfile.WriteAll(contents)
	}
	if err != nil {
		fmt.Fprintf(stderr, "ctxleak: nothing is fixed: %v\n", err)
		return exitError
	}
	return code
}

// patched is what the files that diff changes hold after it.
func patched(diff io.Reader) (map[string][]byte, error) {
	files, _, err := gitdiff.Parse(diff)
	if err != nil {
		return nil, err
	}
	contents := make(map[string][]byte)
	for _, f := range files {
		name := strings.TrimSuffix(strings.TrimSuffix(f.NewName, " (new)"), " (old)")
		old, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		if err := gitdiff.Apply(&b, bytes.NewReader(old), f); err != nil {
			return nil, fmt.Errorf("%s has changed meanwhile: %v", name, err)
		}
		contents[name] = b.Bytes()
	}
	return contents, nil
}
