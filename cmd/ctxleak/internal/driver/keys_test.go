package driver

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestToolID demands the linker's ID: without it, all of the program would be
// hashed at every start.
func TestToolID(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "tool", "buildid", exe).Output()
	if err != nil {
		t.Fatal(err)
	}
	want := strings.TrimSpace(string(out))
	if strings.Count(want, "/") != 3 {
		t.Skipf("this test has the ID %q", want)
	}
	if got, err := ToolID(); err != nil || string(got) != want {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
}

func TestLinked(t *testing.T) {
	for _, test := range []struct{ head, want string }{
		{"\x7fELF....\x04\x00\x00\x00\x03\x00\x00\x00\x04\x00\x00\x00Go\x00\x00a/b....", "a/b"},
		{"\x7fELF\x04\x00\x00\x00\xff\xff\xff\xff\x04\x00\x00\x00Go\x00\x00a/b....", ""}, // cut off
		{"\x7fELF\x04\x00\x00\x00Go\x00\x00", ""},                                        // nothing before it
		{"MZ....\xff Go build ID: \"a/b\"\n \xff....", "a/b"},
		{"MZ....\xff Go build ID: \"", ""},
		{"", ""},
	} {
		if got := linked([]byte(test.head)); string(got) != test.want {
			t.Errorf("%q: %q, want %q", test.head, got, test.want)
		}
	}
}
