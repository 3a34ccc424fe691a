package corpus

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestGrowth runs the programs of testdata/corpus/growth, each of which drives a
// real module into a leak that was found and prints, in rounds, how often it
// has called and how many contexts are left. They must grow with the calls, and
// stay few once a copy of the module is repaired as repair.tsv tells.
// It needs -corpus, as TestCorpus does:
//
//	go test ./cmd/ctxleak/internal/corpus -run TestGrowth -v -corpus FOLDER
func TestGrowth(t *testing.T) {
	if *copies == "" {
		t.Skip("needs -corpus=FOLDER; see docs/contributing.md")
	}
	programs, err := filepath.Glob(root + "/testdata/corpus/growth/*/repair.tsv")
	if err != nil || len(programs) == 0 {
		t.Fatalf("no programs: %v", err)
	}
	for _, repair := range programs {
		dir, err := filepath.Abs(filepath.Dir(repair))
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(dir), func(t *testing.T) {
			leaking := grow(t, dir, "go.mod")
			if last := leaking[len(leaking)-1]; last.live < last.calls/2 {
				t.Errorf("%d contexts are left of %d calls: it does not leak", last.live, last.calls)
			}
			repaired := grow(t, dir, repairedMod(t, dir))
			if last := repaired[len(repaired)-1]; last.live > last.calls/20 {
				t.Errorf("%d contexts are left of %d calls after the repair", last.live, last.calls)
			}
		})
	}
}

// A count is a line that a program of growth prints.
type count struct{ calls, live int }

// grow runs the program in dir and returns its counts.
func grow(t *testing.T, dir, modFile string) []count {
	t.Helper()
	cmd := exec.Command("go", "run", "-modfile="+modFile, ".")
	cmd.Dir = dir
	cmd.Env = Env()
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s%s", err, out, stderr.String())
	}
	t.Logf("%s\n%s", modFile, out)
	counts, err := parseCounts(string(out))
	if err != nil {
		t.Fatal(err)
	}
	return counts
}

// parseCounts reads "calls N live M" from each line; there are at least three,
// and the calls grow.
func parseCounts(out string) ([]count, error) {
	var counts []count
	for line := range strings.Lines(out) {
		var c count
		if _, err := fmt.Sscanf(line, "calls %d live %d", &c.calls, &c.live); err != nil {
			return nil, fmt.Errorf("%q: %v", line, err)
		}
		if len(counts) > 0 && c.calls <= counts[len(counts)-1].calls {
			return nil, fmt.Errorf("%q: the calls do not grow", line)
		}
		counts = append(counts, c)
	}
	if len(counts) < 3 {
		return nil, fmt.Errorf("%d rounds instead of three", len(counts))
	}
	return counts, nil
}

func TestParseCounts(t *testing.T) {
	got, err := parseCounts("calls 0 live 1\ncalls 10 live 11\ncalls 20 live 21\n")
	if err != nil || len(got) != 3 || got[2] != (count{20, 21}) {
		t.Errorf("got %v, %v", got, err)
	}
	for _, in := range []string{"", "calls 0 live 0\ncalls 1 live 1\n", "calls 0 live 0\ncalls 0 live 0\ncalls 1 live 1\n", "panic: no\n"} {
		if _, err := parseCounts(in); err == nil {
			t.Errorf("%q: no error", in)
		}
	}
}

// repairedMod writes a go.mod beside which the program in dir is built with a
// copy of each module of its repair.tsv, in which the lines stand.
func repairedMod(t *testing.T, dir string) string {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "repair.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	scratch := t.TempDir()
	for _, name := range []string{"go.mod", "go.sum"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(scratch, name), data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	modFile := filepath.Join(scratch, "go.mod")
	shift := make(map[string]int) // how far the lines of a file have moved
	err = readTable(f, []string{"module", "version", "file", "line", "lines", "by"}, func(f []string) error {
		copied, err := Prepare(scratch, f[0], f[1])
		if err != nil {
			return err
		}
		file := filepath.Join(copied, filepath.FromSlash(f[2]))
		line, err := strconv.Atoi(f[3])
		if err != nil {
			return err
		}
		lines, err := strconv.Atoi(f[4])
		if err != nil {
			return err
		}
		moved, err := replaceLines(file, line+shift[file], lines, f[5])
		if err != nil {
			return err
		}
		shift[file] += moved
		_, err = goCommand(scratch, "mod", "edit", "-replace="+f[0]+"="+copied)
		return err
	})
	if err != nil {
		t.Fatalf("repair.tsv: %v", err)
	}
	return modFile
}

// replaceLines puts text, which may be none or a line, in the place of so many
// lines of file from line on, which may be none. It returns how far the lines
// behind have moved.
func replaceLines(file string, line, lines int, text string) (moved int, err error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	all := strings.SplitAfter(string(data), "\n")
	if line < 1 || lines < 0 || line-1+lines > len(all) {
		return 0, fmt.Errorf("%s has no lines %d to %d", file, line, line+lines)
	}
	moved = -lines
	if text != "" {
		text += "\n"
		moved++
	}
	data = []byte(strings.Join(all[:line-1], "") + text + strings.Join(all[line-1+lines:], ""))
	return moved, os.WriteFile(file, data, 0o666)
}

func TestReplaceLines(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.go")
	for _, test := range []struct {
		line, lines int
		text, want  string
		moved       int
	}{
		{2, 0, "x", "1\nx\n2\n3\n", 1},
		{2, 1, "x", "1\nx\n3\n", 0},
		{2, 2, "", "1\n", -2},
	} {
		if err := os.WriteFile(file, []byte("1\n2\n3\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		moved, err := replaceLines(file, test.line, test.lines, test.text)
		got, _ := os.ReadFile(file)
		if err != nil || moved != test.moved || string(got) != test.want {
			t.Errorf("%+v: %q, moved by %d, %v", test, got, moved, err)
		}
	}
	if _, err := replaceLines(file, 9, 1, ""); err == nil {
		t.Error("a line that is not there was replaced")
	}
}
