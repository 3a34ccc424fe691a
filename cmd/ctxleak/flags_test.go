package main

import (
	"encoding/json"
	"os/exec"
	"slices"
	"testing"

	"github.com/ctxleak/ctxleak/analyzer"
)

// TestFlags demands that parse knows every flag of singlechecker: those that
// go vet hears of, and those for debugging.
func TestFlags(t *testing.T) {
	out, err := exec.Command("singlechecker", "-flags").Output()
	if err != nil {
		t.Fatal(err)
	}
	var flags []struct{ Name string }
	if err := json.Unmarshal(out, &flags); err != nil {
		t.Fatal(err)
	}
	if len(flags) < 15 {
		t.Fatalf("singlechecker has only %d flags: %s", len(flags), out)
	}
	o, err := parse(nil, analyzer.New())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range flags {
		if o.flags.Lookup(f.Name) == nil {
			t.Errorf("parse does not know singlechecker's -%s", f.Name)
		}
	}
	for _, name := range []string{"debug", "cpuprofile", "memprofile", "trace"} { // -flags leaves them out
		if o.flags.Lookup(name) == nil {
			t.Errorf("parse does not know -%s", name)
		}
		if _, err := exec.Command("singlechecker", "-"+name+"=", "unsafe").Output(); err != nil {
			t.Errorf("singlechecker -%s: %v", name, err)
		}
	}
}

// TestArgs demands that what singlechecker is told is what the user said.
func TestArgs(t *testing.T) {
	o, err := parse([]string{"-fix", "--tests=false", "-level", "all", "-c", "2"}, analyzer.New())
	if err != nil {
		t.Fatal(err)
	}
	got, want := o.args(), []string{"-c=2", "-fix=true", "-level=all", "-test=false", "."}
	if !slices.Equal(got, want) {
		t.Errorf("args() = %q, want %q", got, want)
	}
}
