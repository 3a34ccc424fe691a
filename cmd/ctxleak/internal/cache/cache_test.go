package cache

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func key(s string) Key { return sha256.Sum256([]byte(s)) }

func open(t *testing.T, dir string) *Cache {
	c, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func get(c *Cache, k string) string {
	var s string
	if !c.Get(key(k), &s) {
		return "nothing"
	}
	return s
}

func TestKeeps(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "there")
	open(t, dir).Put(key("a"), "result")
	c := open(t, dir)
	if got := get(c, "a"); got != "result" {
		t.Errorf("a gives %s", got)
	}
	if got := get(c, "b"); got != "nothing" {
		t.Errorf("b gives %s", got)
	}
	var n int
	if c.Get(key("a"), &n) {
		t.Error("a result of another type is taken")
	}
	var none *Cache
	none.Put(key("a"), "result")
	none.Trim()
	if got := get(none, "a"); got != "nothing" {
		t.Errorf("no cache gives %s", got)
	}
}

// TestDamage damages every file of a cache in every way that a crash, a full
// disk or a bad one can.
func TestDamage(t *testing.T) {
	for name, damage := range map[string]func(path string, data []byte) error{
		"emptied": func(path string, data []byte) error { return os.Truncate(path, 0) },
		"cut off": func(path string, data []byte) error { return os.Truncate(path, int64(len(data)/2)) },
		"one bit": func(path string, data []byte) error {
			data[len(data)/3] ^= 1
			return os.WriteFile(path, data, 0o666)
		},
		"longer":  func(path string, data []byte) error { return os.WriteFile(path, append(data, "more"...), 0o666) },
		"garbage": func(path string, data []byte) error { return os.WriteFile(path, []byte("garbage"), 0o666) },
		"removed": func(path string, data []byte) error { return os.Remove(path) },
	} {
		for _, kind := range []string{"-a", "-d"} {
			t.Run(name+kind, func(t *testing.T) {
				dir := t.TempDir()
				c := open(t, dir)
				c.Put(key("a"), "result")
				files, _, err := entries(dir)
				if err != nil || len(files) != 2 {
					t.Fatalf("%d files (%v), want 2", len(files), err)
				}
				for _, f := range files {
					if !strings.HasSuffix(f.path, kind) {
						continue
					}
					data, err := os.ReadFile(f.path)
					if err != nil {
						t.Fatal(err)
					}
					if err := damage(f.path, data); err != nil {
						t.Fatal(err)
					}
				}
				if got := get(c, "a"); got != "nothing" && got != "result" {
					t.Errorf("a gives %q", got)
				}
				c.Put(key("a"), "result")
				if got := get(c, "a"); got != "result" {
					t.Errorf("made again, a gives %s", got)
				}
			})
		}
	}
}

// TestFull has a cache that opens, and into which nothing can be written: its
// folders go away below it, as a full disk would have it.
func TestFull(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir)
	c.Put(key("a"), "result")
	for _, sub := range subfolders(dir) {
		if err := os.RemoveAll(sub); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(sub, nil, 0o444); err != nil {
			t.Fatal(err)
		}
	}
	c.Put(key("b"), "result")
	c.Trim()
	for _, k := range []string{"a", "b"} {
		if got := get(c, k); got != "nothing" {
			t.Errorf("%s gives %s", k, got)
		}
	}
}

func TestShrink(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir)
	for i, k := range []string{"old", "middle", "new"} {
		c.Put(key(k), strings.Repeat(k[:1], 1000))
		files, _, _ := entries(dir)
		at := time.Now().Add(time.Duration(i-3) * time.Hour)
		for _, f := range files {
			if time.Since(f.used) < time.Minute {
				if err := os.Chtimes(f.path, at, at); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	_, size, _ := entries(dir)
	shrink(dir, size)
	if _, same, _ := entries(dir); same != size {
		t.Errorf("%d bytes are left of %d, which were allowed", same, size)
	}
	shrink(dir, size-1)
	if got := get(c, "old") + get(c, "middle"); got != "nothingnothing" {
		t.Errorf("old results are left: %s", got)
	}
	if got := get(c, "new"); got != strings.Repeat("n", 1000) {
		t.Errorf("the newest gives %s", got)
	}
}

func TestClean(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	c := open(t, dir)
	c.Put(key("a"), "result")
	if size, err := Size(dir); size == 0 || err != nil {
		t.Errorf("size %d (%v)", size, err)
	}
	if err := Clean(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the folder is left: %v", err)
	}
	if err := Clean(dir); err != nil {
		t.Errorf("cleaning what is not there: %v", err)
	}

	// A folder of somebody else's, named by mistake.
	home := t.TempDir()
	if err := os.MkdirAll(filepath.Join(home, "ab"), 0o777); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(home, "ab", "abc-d")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := Clean(home); err == nil {
		t.Error("a folder that is not a cache is cleaned")
	}
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}
}
