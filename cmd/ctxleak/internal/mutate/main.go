// The mutate command tests the tests: it changes one condition or call of the
// analyzer at a time, and tells the changes that no test notices.
//
// Usage:
//
//	go run ./cmd/ctxleak/internal/mutate [-n 100] [-seed 1] [-p 2] [-test PACKAGES] [-skip TESTS] PACKAGES
//
// A change negates the condition of an if, swaps && and ||, == and !=, or < and
// <=, returns true for false, or takes away a statement that only calls. All of
// them are compiled in at once, by an overlay: no file of the module is written
// to. Each test says which changes it meets; those tried are a random sample of
// all, the same for one seed, and of each the tests that meet it are run, the
// quickest first, until one fails. A test that takes ten times as long as it
// does has failed. A change that no test meets has survived as well.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/parser"
	"go/token"
	"log"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
)

var (
	count    = flag.Int("n", 100, "how many changes to try")
	seed     = flag.Uint64("seed", 1, "of the sample")
	parallel = flag.Int("p", 2, "how many to try at the same time")
	skip     = flag.String("skip", "", "a `pattern` of tests that are left out")
	patterns = flag.String("test", "./analyzer/...", "the `packages` whose tests are run")
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("mutate: ")
	flag.Parse()
	if flag.NArg() == 0 {
		log.Fatal("usage: mutate [flags] PACKAGES")
	}
	dir, err := os.MkdirTemp("", "mutate")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := run(dir); err != nil {
		os.RemoveAll(dir)
		log.Fatal(err)
	}
}

func run(dir string) error {
	overlay, mutants, err := changeAll(dir, flag.Args())
	if err != nil {
		return err
	}
	var skipped *regexp.Regexp
	if *skip != "" {
		if skipped, err = regexp.Compile(*skip); err != nil {
			return err
		}
	}
	tests, err := compile(dir, overlay, strings.Fields(*patterns), skipped)
	if err != nil {
		return err
	}
	meets, err := survey(dir, tests, len(mutants))
	if err != nil {
		return err
	}
	order := rand.New(rand.NewPCG(*seed, 0)).Perm(len(mutants))
	order = order[:min(*count, len(order))]

	var mu sync.Mutex
	killed, survived, unmet, done := 0, 0, 0, 0
	work := make(chan int)
	var all sync.WaitGroup
	for range *parallel {
		all.Go(func() {
			for k := range work {
				noticed := false
				for _, t := range meets[k+1] {
					if noticed = !t.passes(k + 1); noticed {
						break
					}
				}
				mu.Lock()
				done++
				switch m := mutants[k]; {
				case noticed:
					killed++
				case len(meets[k+1]) == 0:
					unmet++
					fmt.Printf("not reached: %s: %s\n", m.pos, m.what)
				default:
					survived++
					fmt.Printf("survived: %s: %s\n", m.pos, m.what)
				}
				log.Printf("%d of %d", done, len(order))
				mu.Unlock()
			}
		})
	}
	for _, k := range order {
		work <- k
	}
	close(work)
	all.Wait()
	fmt.Printf("%d changes of %d possible: %d killed (%.0f %%), %d survived, %d not reached by a test\n",
		len(order), len(mutants), killed, 100*float64(killed)/float64(max(1, len(order))), survived, unmet)
	return nil
}

// changeAll changes the packages, and returns the file of the overlay that puts
// the changed ones in place.
func changeAll(dir string, packages []string) (overlay string, mutants []mutant, err error) {
	out, err := exec.Command("go", append([]string{"list", "-f", "{{$d := .Dir}}{{range .GoFiles}}{{$d}}/{{.}}\n{{end}}"}, packages...)...).Output()
	if err != nil {
		return "", nil, err
	}
	replace := make(map[string]string)
	put := func(file string, text []byte) error {
		to := filepath.Join(dir, fmt.Sprintf("%d.go", len(replace)))
		replace[file] = to
		return os.WriteFile(to, text, 0o666)
	}
	switched := make(map[string]bool)
	for _, file := range strings.Fields(string(out)) {
		src, err := os.ReadFile(file)
		if err != nil {
			return "", nil, err
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, src, parser.PackageClauseOnly)
		if err != nil {
			return "", nil, err
		}
		if strings.Contains(string(src), "//go:embed") || f.Name.Name == "main" {
			continue // needs its comments; is no package that tests import
		}
		var changed []byte
		if changed, mutants, err = change(file, src, mutants); err != nil {
			return "", nil, err
		}
		if err := put(file, changed); err != nil {
			return "", nil, err
		}
		if in := filepath.Dir(file); !switched[in] {
			switched[in] = true
			if err := put(filepath.Join(in, "mutant_switches.go"), fmt.Appendf(nil, switches, f.Name.Name)); err != nil {
				return "", nil, err
			}
		}
	}
	if len(mutants) == 0 {
		return "", nil, errors.New("nothing to change")
	}
	overlay = filepath.Join(dir, "overlay.json")
	data, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", nil, err
	}
	return overlay, mutants, os.WriteFile(overlay, data, 0o666)
}
