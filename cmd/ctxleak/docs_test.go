package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the output blocks of README.md and docs to what the command prints")

// outputBlock is a block that shows what a command prints, in the repository's
// root:
//
//	<!-- output of ctxleak -format=github ./testdata/demo/... -->
//	```text
//
// "the results of ctxleak" are that part of a SARIF log.
var outputBlock = regexp.MustCompile("(?s)<!-- (output|the results) of ctxleak ([^\n]*) -->\n```\\w+\n(.*?)```\n")

// TestDocs runs every command whose output README.md and the pages show, and
// demands that it is what they show; but for the folder that the repository is
// in here, which they leave out.
func TestDocs(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(root)
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	pages, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := 0
	for _, page := range append(pages, "README.md") {
		data, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		for _, m := range outputBlock.FindAllStringSubmatch(text, -1) {
			blocks++
			var stdout, stderr strings.Builder
			run(strings.Fields(m[2]), &stdout, &stderr)
			if stderr.Len() > 0 {
				t.Errorf("%s: ctxleak %s: %s", page, m[2], stderr.String())
			}
			output := stdout.String()
			if m[1] != "output" {
				output = results(t, output)
			}
			output = strings.ReplaceAll(output, root+string(filepath.Separator), "")
			if output != m[3] {
				text = strings.Replace(text, m[0], strings.Replace(m[0], "\n"+m[3]+"```\n", "\n"+output+"```\n", 1), 1)
				if !*update {
					t.Errorf("%s does not show the output of ctxleak %s, which is\n%s\nto accept it: go test ./cmd/ctxleak -run TestDocs -update", page, m[2], output)
				}
			}
		}
		if *update && text != string(data) {
			if err := os.WriteFile(page, []byte(text), 0o666); err != nil {
				t.Error(err)
			}
		}
	}
	if blocks < 5 {
		t.Errorf("only %d output blocks", blocks)
	}
}

// results is the part of a SARIF log that is about one run's findings.
func results(t *testing.T, sarif string) string {
	var log struct {
		Runs []struct{ Results json.RawMessage }
	}
	if err := json.Unmarshal([]byte(sarif), &log); err != nil || len(log.Runs) != 1 {
		t.Fatalf("%v in %s", err, sarif)
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, log.Runs[0].Results, "", "  "); err != nil {
		t.Fatal(err)
	}
	return indented.String() + "\n"
}
