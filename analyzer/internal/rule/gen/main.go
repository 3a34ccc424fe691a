// The gen command begins a new rule: it writes the rule's file, its page and
// its test folder, each a skeleton that says what is to be filled in.
//
//	go run ./analyzer/internal/rule/gen NAME "TITLE"
//
// NAME is one lower-case word: the rule's flag, category, file, page and test
// folder. TITLE is one line that says what the rule reports. The rule runs
// once its name stands in the list All, whose order is a decision that gen
// leaves to its caller.
package main

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"
	"unicode"
	"unicode/utf8"
)

//go:embed skeleton
var skeletons embed.FS

// files maps each skeleton to the file it becomes, NAME standing for the
// rule's name.
var files = []struct{ skeleton, path string }{
	{"rule.go.tmpl", "analyzer/internal/rule/NAME.go"},
	{"page.md.tmpl", "docs/rules/NAME.md"},
	{"testdata.go.tmpl", "testdata/src/NAME/NAME.go"},
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, `usage: go run ./analyzer/internal/rule/gen NAME "TITLE"`)
		os.Exit(2)
	}
	root, err := moduleRoot()
	if err == nil {
		err = generate(os.Stdout, root, os.Args[1], os.Args[2])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// moduleRoot is the nearest folder upwards with a go.mod.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("run it inside the module")
		}
		dir = up
	}
}

// generate writes the files of the rule under root, all or none, and says on
// w what is left to do.
func generate(w io.Writer, root, name, title string) error {
	if err := check(name, title); err != nil {
		return err
	}
	texts, err := expand(name, title)
	if err != nil {
		return err
	}
	for _, f := range files {
		path := filepath.Join(root, pathOf(f.path, name))
		if _, err := os.Lstat(path); err == nil {
			return fmt.Errorf("%s is there already", path)
		}
	}
	for _, f := range files {
		path := filepath.Join(root, pathOf(f.path, name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(texts[f.skeleton]), 0o666); err != nil {
			return err
		}
		fmt.Fprintln(w, "wrote", pathOf(f.path, name))
	}
	fmt.Fprintf(w, `
add to All in analyzer/internal/rule/rule.go, before the rules that tell less about the cause:
	%s,
and to ruleFolders in analyzer/analyzer_test.go:
	%q: {%[2]q},
`, exported(name), name)
	return nil
}

var oneWord = regexp.MustCompile(`^[a-z]+$`)

// check rejects names and titles that would not fit the others.
func check(name, title string) error {
	first, _ := utf8.DecodeRuneInString(title)
	switch {
	case !oneWord.MatchString(name):
		return fmt.Errorf("the name %q is not one lower-case word", name)
	case title == "" || strings.TrimSpace(title) != title || strings.ContainsAny(title, "\n`\""):
		return fmt.Errorf("the title %q is not a plain line of text", title)
	case unicode.IsUpper(first) || strings.HasSuffix(title, "."):
		return fmt.Errorf("the title %q is to begin in lower case and end without a full stop", title)
	}
	return nil
}

// expand fills in the skeletons.
func expand(name, title string) (map[string]string, error) {
	data := struct{ Name, Exported, Title string }{name, exported(name), title}
	texts := make(map[string]string)
	for _, f := range files {
		text, err := skeletons.ReadFile("skeleton/" + f.skeleton)
		if err != nil {
			return nil, err
		}
		// The usual delimiters are too close to Go's braces.
		t, err := template.New(f.skeleton).Delims("<<", ">>").Parse(string(text))
		if err != nil {
			return nil, err
		}
		var b strings.Builder
		if err := t.Execute(&b, data); err != nil {
			return nil, err
		}
		texts[f.skeleton] = b.String()
	}
	return texts, nil
}

func pathOf(pattern, name string) string { return strings.ReplaceAll(pattern, "NAME", name) }

// exported is the name of the rule's variable.
func exported(name string) string { return strings.ToUpper(name[:1]) + name[1:] }
