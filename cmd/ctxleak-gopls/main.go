// The ctxleak-gopls command builds a gopls that reports ctxleak's findings in
// the editor, and prints what to set there.
//
// Usage:
//
//	ctxleak-gopls [-gopls=VERSION] [-ctxleak=VERSION|DIR] [-o=FILE]
//	ctxleak-gopls -settings [-o=FILE]
//
// gopls has no plugins: the analyzer has to be compiled in. That takes the go
// command and the module proxy, two minutes the first time, and no checkout.
// Settings are written to standard output, progress and errors to standard
// error.
//
// The exit status is 0, 1 if the build failed, or 2 if the command line is
// wrong.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

const usage = `usage: ctxleak-gopls [flags]

Builds a gopls that has the analyzer ctxleak, and prints what to set in the
editor.

`

func run(args []string, stdout, stderr io.Writer) int {
	fs := flag.NewFlagSet("ctxleak-gopls", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	version := fs.String("gopls", supported[0], "`version` of gopls: "+strings.Join(supported, " or "))
	source := fs.String("ctxleak", "", "`version` of ctxleak, or a folder with a checkout; otherwise the one that this command is of")
	out := fs.String("o", "", "`file` to write; otherwise gopls-ctxleak where \"go install\" puts commands")
	settings := fs.Bool("settings", false, "build nothing; print what to set")

	err := fs.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, usage)
		fs.SetOutput(stdout)
		fs.PrintDefaults()
		return 0
	case err == nil && fs.NArg() > 0:
		err = fmt.Errorf("%s is not a flag", fs.Arg(0))
	case err == nil:
		err = check(*version)
	}
	if err != nil {
		fmt.Fprintf(stderr, "ctxleak-gopls: %v; \"ctxleak-gopls -h\" lists the flags\n", err)
		return 2
	}

	if *out, err = destination(*out); err == nil && !*settings {
		err = build(*version, *source, *out, stderr)
	}
	if err != nil {
		fmt.Fprintf(stderr, "ctxleak-gopls: %v\n", err)
		return 1
	}
	fmt.Fprint(stdout, editors(*out))
	return 0
}

// destination is the absolute path of the binary to write.
func destination(out string) (string, error) {
	if out != "" {
		return filepath.Abs(out)
	}
	env, err := goCommand("", "env", "GOBIN", "GOPATH")
	if err != nil {
		return "", err
	}
	bin, gopath, _ := strings.Cut(strings.TrimRight(env, "\r\n"), "\n")
	if bin == "" {
		bin = filepath.Join(filepath.SplitList(strings.TrimSpace(gopath))[0], "bin")
	}
	name := "gopls-ctxleak"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(strings.TrimSpace(bin), name), nil
}
