package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/packages"
)

// checkPatterns asks go list whether each pattern matches some package, and
// tells of those that do not, a line each.
//
// go/packages does not tell which pattern a package came from: it makes a
// package with an error of a folder that does not exist, and says nothing of
// a wildcard that matches nothing where another pattern matches. This costs a
// second go list, but one that reads no imports: 0.03 s for a small module,
// 0.5 s for the kubelet; a patternCheck does without where it can.
func checkPatterns(patterns []string, stderr io.Writer) int {
	if otherBuild(patterns) {
		return exitClean
	}
	listed, err := list(patterns)
	if err != nil {
		fmt.Fprintf(stderr, "ctxleak: %v\n", err)
		return exitError
	}

	// A pattern is wrong if nothing that it matches has files. A package
	// that has files and errors is told of, with their positions, when it
	// is loaded; so is a folder that go list chokes on beside good ones.
	good := make(map[string]bool)
	why := make(map[string]string)
	for _, p := range listed {
		switch {
		case p.Error == nil || len(p.GoFiles)+len(p.CgoFiles)+len(p.TestGoFiles)+len(p.XTestGoFiles) > 0:
			for _, m := range p.Match {
				good[clean(m)] = true
			}
		case len(p.Match) == 0: // the patterns do not go together
			tell(stderr, strings.Join(patterns, " "), p.Error.Err)
			return exitUsage
		default:
			for _, m := range p.Match {
				why[clean(m)] = p.Error.Err
			}
		}
	}
	code := exitClean
	for _, p := range patterns {
		m := clean(p)
		if good[m] || why[m] == "" && !strings.Contains(p, "...") {
			continue
		}
		tell(stderr, p, why[m])
		code = exitUsage
	}
	return code
}

// A patternCheck is checkPatterns, beside what analyses the packages.
type patternCheck struct {
	patterns []string
	stop     func() // is called if one is wrong

	once sync.Once
	told bytes.Buffer
	code int
}

// seen begins the check, unless what the patterns name shows that they are right:
// of a single one, any package that has files.
func (c *patternCheck) seen(roots []*packages.Package) {
	if len(c.patterns) == 1 && slices.ContainsFunc(roots, func(p *packages.Package) bool { return len(p.GoFiles) > 0 }) {
		c.once.Do(func() {}) // and there is nothing to ask
		return
	}
	go c.check()
}

func (c *patternCheck) check() {
	c.once.Do(func() {
		c.code = checkPatterns(c.patterns, &c.told)
		if c.code != exitClean {
			c.stop()
		}
	})
}

// done waits for the check, tells what it had to tell, and returns its status.
func (c *patternCheck) done(stderr io.Writer) int {
	c.check()
	io.Copy(stderr, &c.told)
	return c.code
}

// otherBuild reports whether patterns are not the go command's: they are another
// build system's names, or a query of go/packages, such as file=x.go.
func otherBuild(patterns []string) bool {
	d := os.Getenv("GOPACKAGESDRIVER")
	return d != "" && d != "off" || slices.ContainsFunc(patterns, func(p string) bool { return strings.Contains(p, "=") })
}

// tell says in one line that pattern is wrong, why, and what to type instead.
func tell(stderr io.Writer, pattern, why string) {
	if why != "" {
		why = ": " + oneLine(why)
	}
	fmt.Fprintf(stderr, "ctxleak: %s matches no package%s; name packages as for \"go list\", such as ./...\n", pattern, why)
}

// A listedPackage is what go list -json tells of one package.
type listedPackage struct {
	Match                                        []string
	Error                                        *struct{ Err string }
	GoFiles, CgoFiles, TestGoFiles, XTestGoFiles []string
}

func list(patterns []string) ([]listedPackage, error) {
	const fields = "Match,Error,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles"
	cmd := exec.Command("go", slices.Concat([]string{"list", "-e", "-find", "-json=" + fields, "--"}, patterns)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil { // a go.mod that cannot be read, or no go command
		if stderr.Len() > 0 {
			err = errors.New(oneLine(stderr.String()))
		}
		return nil, err
	}
	var pkgs []listedPackage
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listedPackage
		if err := dec.Decode(&p); err == io.EOF {
			return pkgs, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %v", err)
		}
		pkgs = append(pkgs, p)
	}
}

// clean makes comparable what the user typed and what go list made of it.
func clean(pattern string) string { return path.Clean(filepath.ToSlash(pattern)) }

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
