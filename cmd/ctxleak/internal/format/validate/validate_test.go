// Package validate holds the SARIF that ctxleak writes to the schema.
package validate

import (
	"bytes"
	"errors"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/xeipuuv/gojsonschema"
)

var file = flag.String("sarif", "../testdata/golden/sarif", "the log to validate")

// TestSchema demands that a log has nothing that the schema does not know, and
// is valid.
func TestSchema(t *testing.T) {
	data, err := os.ReadFile(*file)
	if err != nil {
		t.Fatal(err)
	}
	schema := theSchema(t)
	if err := valid(schema, data); err != nil {
		t.Error(err)
	}
	// That it would notice:
	for _, broken := range []struct{ what, by string }{
		{`"columnKind"`, `"columKind"`},
		{`"utf16CodeUnits"`, `"bytes"`},
		{`"startLine": 6`, `"startLine": 0`},
		{`"level": "note"`, `"level": "low"`},
		{`"ruleIndex": 0`, `"ruleIndex": -2`},
		{`"uri"`, `"url"`},
	} {
		changed := bytes.Replace(data, []byte(broken.what), []byte(broken.by), 1)
		if *file == flag.Lookup("sarif").DefValue && (bytes.Equal(changed, data) || valid(schema, changed) == nil) {
			t.Errorf("%s instead of %s is not noticed", broken.by, broken.what)
		}
	}
}

// valid validates a log as it is, not as a library's structs understand it:
// with those, what they do not know would be lost.
func valid(schema string, log []byte) error {
	result, err := gojsonschema.Validate(gojsonschema.NewStringLoader(schema), gojsonschema.NewBytesLoader(log))
	if err != nil {
		return err
	}
	var all []error
	for _, e := range result.Errors() {
		all = append(all, errors.New(e.String()))
	}
	return errors.Join(all...)
}

// theSchema is OASIS' schema of SARIF 2.1.0, of which go-sarif has a copy in a
// constant that it does not export.
func theSchema(t *testing.T) string {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/owenrumney/go-sarif/v3").Output()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(strings.TrimSpace(string(dir)), "pkg", "report", "v210", "sarif", "schema.go")
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	schema := ""
	ast.Inspect(f, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && len(lit.Value) > len(schema) {
			schema, _ = strconv.Unquote(lit.Value)
		}
		return true
	})
	if !strings.Contains(schema, "sarif-schema-2.1.0.json") || len(schema) < 50_000 {
		t.Fatalf("no schema in %s", file)
	}
	return schema
}

// go-sarif is a requirement for its schema only.
var _ sarif.Report
