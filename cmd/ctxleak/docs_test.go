package main

import (
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
var outputBlock = regexp.MustCompile("(?s)<!-- output of ctxleak ([^\n]*) -->\n```\\w+\n(.*?)```\n")

// TestDocs runs every command whose output README.md and the pages show, and
// demands that it is what they show; but for the folder that the repository is
// in here, which they leave out.
func TestDocs(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(root)
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
			run(strings.Fields(m[1]), &stdout, &stderr)
			if stderr.Len() > 0 {
				t.Errorf("%s: ctxleak %s: %s", page, m[1], stderr.String())
			}
			output := strings.ReplaceAll(stdout.String(), root+string(filepath.Separator), "")
			if output != m[2] {
				text = strings.Replace(text, m[0], strings.Replace(m[0], "\n"+m[2]+"```\n", "\n"+output+"```\n", 1), 1)
				if !*update {
					t.Errorf("%s does not show the output of ctxleak %s, which is\n%s\nto accept it: go test ./cmd/ctxleak -run TestDocs -update", page, m[1], output)
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
