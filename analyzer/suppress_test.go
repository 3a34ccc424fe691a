package analyzer_test

import (
	"testing"
)

// TestIgnoreAtEveryLevel demands that what suppresses a finding of one level is
// not called useless at the other, and that a rule that is off has no useless
// comments.
func TestIgnoreAtEveryLevel(t *testing.T) {
	pkgs := load(t, testdata(t), []string{"GOPATH=" + testdata(t), "GO111MODULE=off", "GOPROXY=off", "GOWORK=off"}, "ignore", "ignore/unused")
	said := func(flags string) (n int) {
		for _, diags := range analyze(t, flags, pkgs) {
			for _, d := range diags {
				if d.Category == "ignore" {
					n++
				}
			}
		}
		return n
	}
	byDefault := said("")
	if byDefault < 20 {
		t.Fatalf("only %d useless or faulty comments", byDefault)
	}
	if n := said("-level=all"); n != byDefault {
		t.Errorf("%d with -level=all, %d without", n, byDefault)
	}
	if n := said("-severity=medium"); n != 0 {
		t.Errorf("%d with -severity=medium", n)
	}
	if n := said("-ignore=false"); n != 0 {
		t.Errorf("%d with -ignore=false", n)
	}
	faults := said("-discarded=false -lostpath=false -overwritten=false -neverreleased=false -dropped=false -unclosed=false -piledup=false -stored=false")
	if faults == 0 || faults >= byDefault {
		t.Errorf("%d with all rules off, which should be those that are not whole, out of %d", faults, byDefault)
	}
}
