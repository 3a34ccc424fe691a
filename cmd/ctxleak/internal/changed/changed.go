// Package changed asks git which lines are new since a revision.
//
// In comes a revision; out goes a Set that answers for a line of a file in the
// work tree. Lines are new that were added or edited, committed or not, all
// lines of files that git does not know yet, and the lines on both sides of
// what was removed: the removal of a call may be what makes its neighbour leak.
// A file that was only renamed has no new lines.
package changed

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// A Set is the new lines of a work tree.
type Set struct {
	root  string
	files map[string][]span // by path from the root, with slashes; nil: all lines
}

// A span is lines from through to.
type span struct{ from, to int }

// Since asks git, in the repository around dir, what is new since rev.
func Since(dir, rev string) (*Set, error) {
	if _, err := exec.LookPath("git"); err != nil {
		return nil, errors.New("there is no git to ask")
	}
	root, err := git(dir, "rev-parse", "--show-toplevel")
	if err != nil {
		return nil, err
	}
	s := &Set{root: strings.TrimSuffix(string(root), "\n"), files: make(map[string][]span)}
	if rev == "" || strings.HasPrefix(rev, "-") {
		return nil, fmt.Errorf("%q is no revision", rev)
	}
	commit, err := git(s.root, "rev-parse", "--verify", "--quiet", rev+"^{commit}")
	if err != nil {
		return nil, fmt.Errorf("git knows no revision %q here; a shallow clone may lack it", rev)
	}
	// Against the user's settings: names as they are, no colours, no tools.
	diff, err := git(s.root, "-c", "core.quotePath=false", "diff", "--unified=0", "--find-renames", "--no-color", "--no-ext-diff",
		"--no-textconv", "--ignore-submodules", "--no-relative", "--src-prefix=a/", "--dst-prefix=b/", strings.TrimSpace(string(commit)), "--")
	if err != nil {
		return nil, err
	}
	if err := s.parse(diff); err != nil {
		return nil, fmt.Errorf("git diff: %w", err)
	}
	untracked, err := git(s.root, "ls-files", "--others", "--exclude-standard", "-z")
	if err != nil {
		return nil, err
	}
	for name := range strings.SplitSeq(string(untracked), "\x00") {
		if name != "" {
			s.files[name] = nil
		}
	}
	return s, nil
}

func git(dir string, args ...string) ([]byte, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil && stderr.Len() > 0 {
		err = errors.New(strings.Join(strings.Fields(stderr.String()), " "))
	}
	return out, err
}

// parse reads a diff without context lines. What is in a hunk is skipped by its
// count, so that no line of a file is taken for one of the diff.
func (s *Set) parse(diff []byte) error {
	name := ""
	skip := 0
	lines := bufio.NewReader(bytes.NewReader(diff))
	for {
		line, err := lines.ReadString('\n')
		if line == "" && err != nil {
			return nil
		}
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, `\`): // no newline at the end of the file
		case skip > 0:
			skip--
		case strings.HasPrefix(line, "+++ "):
			if name, err = fileName(line[len("+++ "):]); err != nil {
				return err
			}
		case strings.HasPrefix(line, "@@ "):
			old, now, err := hunk(line)
			if err != nil {
				return err
			}
			skip = old.count + now.count
			if now.count == 0 { // removed between line start and the next
				s.files[name] = append(s.files[name], span{now.start, now.start + 1})
			} else {
				s.files[name] = append(s.files[name], span{now.start, now.start + now.count - 1})
			}
		}
	}
}

// fileName is the name behind +++, without its prefix; git quotes some, and
// ends those that have a space with a tab.
func fileName(s string) (string, error) {
	s = strings.TrimSuffix(s, "\t")
	if strings.HasPrefix(s, `"`) {
		unquoted, err := strconv.Unquote(s)
		if err != nil {
			return "", fmt.Errorf("the file name %s: %w", s, err)
		}
		s = unquoted
	}
	return strings.TrimPrefix(s, "b/"), nil
}

type side struct{ start, count int }

// hunk reads "@@ -a,b +c,d @@"; a count of one is left out.
func hunk(line string) (old, now side, err error) {
	fields := strings.Fields(line)
	if len(fields) < 4 || fields[3] != "@@" {
		return old, now, fmt.Errorf("not understood: %s", line)
	}
	for i, s := range []*side{&old, &now} {
		start, count, more := strings.Cut(fields[i+1][1:], ",")
		s.count = 1
		if s.start, err = strconv.Atoi(start); err == nil && more {
			s.count, err = strconv.Atoi(count)
		}
		if err != nil {
			return old, now, fmt.Errorf("not understood: %s", line)
		}
	}
	return old, now, nil
}

// Has reports whether a line of a file is new. Files outside of the repository
// have no new lines.
func (s *Set) Has(file string, line int) bool {
	rel, err := filepath.Rel(s.root, file)
	if err != nil || strings.HasPrefix(rel, "..") {
		// git tells the root without symbolic links in it.
		if file, err = filepath.EvalSymlinks(file); err != nil {
			return false
		}
		if rel, err = filepath.Rel(s.root, file); err != nil {
			return false
		}
	}
	spans, known := s.files[filepath.ToSlash(rel)]
	if known && spans == nil {
		return true
	}
	for _, sp := range spans {
		if sp.from <= line && line <= sp.to {
			return true
		}
	}
	return false
}
