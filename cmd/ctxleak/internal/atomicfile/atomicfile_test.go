package atomicfile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "file")
	text := func(s string) func(io.Writer) error {
		return func(w io.Writer) error {
			_, err := io.WriteString(w, s)
			return err
		}
	}
	demand := func(want string) {
		t.Helper()
		got, err := os.ReadFile(name)
		if err != nil || string(got) != want {
			t.Errorf("the file holds %q (%v), want %q", got, err, want)
		}
		if all, _ := filepath.Glob(filepath.Join(dir, "*.tmp")); len(all) > 0 {
			t.Errorf("left behind: %q", all)
		}
	}

	if err := Write(name, text("one")); err != nil {
		t.Error(err)
	}
	demand("one")

	// It keeps its mode, and a link to it stays one.
	if err := os.Chmod(name, 0o640); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink("file", link); err != nil {
		t.Skip(err)
	}
	if err := Write(link, text("two")); err != nil {
		t.Error(err)
	}
	demand("two")
	if info, err := os.Lstat(link); err != nil || info.Mode().Type() != os.ModeSymlink {
		t.Errorf("the link became %v (%v)", info, err)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the file became %v (%v)", info, err)
	}

	// Half of it is nothing.
	full := errors.New("full")
	if err := Write(name, func(w io.Writer) error { io.WriteString(w, "thr"); return full }); err != full {
		t.Errorf("%v, want %v", err, full)
	}
	demand("two")

	if os.Getuid() != 0 { // root may write anywhere
		if err := os.Chmod(name, 0o444); err != nil {
			t.Fatal(err)
		}
		if err := Write(name, text("four")); !errors.Is(err, os.ErrPermission) {
			t.Errorf("%v, want %v", err, os.ErrPermission)
		}
		demand("two")
	}
}

// TestNames demands that errors speak of the file that was named.
func TestNames(t *testing.T) {
	name := filepath.Join(t.TempDir(), "nonesuch", "file")
	err := Write(name, func(io.Writer) error { return nil })
	if path := (*os.PathError)(nil); !errors.As(err, &path) || path.Path != name {
		t.Errorf("%v, want one about %s", err, name)
	}
}

// TestWriteAll makes one of three files one that cannot be written.
func TestWriteAll(t *testing.T) {
	dir := t.TempDir()
	contents := make(map[string][]byte)
	for _, name := range []string{"a", "b", "c"} {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte("old"), 0o640); err != nil {
			t.Fatal(err)
		}
		contents[name] = []byte("new")
	}
	demand := func(want string, names ...string) {
		t.Helper()
		for _, name := range names {
			info, err := os.Stat(filepath.Join(dir, name))
			if err != nil || info.Mode().Perm() != 0o640 {
				t.Errorf("%s: %v, %v", name, info, err)
			}
			if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
				t.Errorf("%s holds %q (%v), want %q", name, got, err, want)
			}
		}
		if all, _ := filepath.Glob(filepath.Join(dir, "*.tmp")); len(all) > 0 {
			t.Errorf("left behind: %q", all)
		}
	}

	c := filepath.Join(dir, "c")
	if err := os.Rename(c, c+".away"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(c, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := WriteAll(contents); err == nil {
		t.Error("a folder was written to")
	}
	demand("old", "a", "b", "c.away")
	os.Remove(c)
	if err := WriteAll(contents); err == nil {
		t.Error("a file that is not there was written")
	}
	demand("old", "a", "b", "c.away")
	if err := os.Rename(c+".away", c); err != nil {
		t.Fatal(err)
	}
	if err := WriteAll(contents); err != nil {
		t.Error(err)
	}
	demand("new", "a", "b", "c")
}
