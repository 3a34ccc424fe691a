// Package cache keeps, from run to run, what came of the analysis of a package.
//
// In come keys, hashes of all that decides a result, and results; out come the
// results of equal keys. An entry that is missing, cut off, damaged or of
// another form is none: it is made again. Files are written by
// github.com/rogpeppe/go-internal/cache, so that several processes may use one
// folder at the same time, and may be interrupted at any moment.
package cache

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rogpeppe/go-internal/cache"
)

// A Cache is a folder of results. Nil is one that keeps nothing.
type Cache struct {
	dir   string
	files *cache.Cache
	wrote atomic.Bool
}

// Limits to what a folder holds.
const (
	maxSize = 512 << 20           // bytes: some hundred kubelets
	resize  = 1 * time.Hour       // least time between two looks at the size
	marker  = "ctxleak-cache.txt" // says whose folder it is, and when its size was last looked at
)

// DefaultDir is the folder that is used unless another is named.
func DefaultDir() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "ctxleak"), nil
}

// Open makes a cache of a folder, which need not be there.
func Open(dir string) (*Cache, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	files, err := cache.Open(dir)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(dir, marker)); errors.Is(err, fs.ErrNotExist) {
		if err := os.WriteFile(filepath.Join(dir, marker), []byte("Results of ctxleak, which may be removed at any time: ctxleak cache clean.\n"), 0o666); err != nil {
			return nil, err
		}
	}
	return &Cache{dir: dir, files: files}, nil
}

// A Key identifies a result by all that decides it.
type Key = cache.ActionID

// Get decodes the result of key into ptr, and reports whether there was one. If
// not, *ptr may be partly set.
func (c *Cache) Get(key Key, ptr any) bool {
	if c == nil {
		return false
	}
	data, _, err := c.files.GetBytes(key)
	return err == nil && json.Unmarshal(data, ptr) == nil
}

// Put keeps a result. One that cannot be written is not kept.
func (c *Cache) Put(key Key, result any) {
	if c == nil {
		return
	}
	data, err := json.Marshal(result) // gob would learn the types at every Get
	if err == nil && c.files.PutBytes(key, data) == nil {
		c.wrote.Store(true)
	}
}

// Trim removes, at most once a day, what was not used for five days, and, after
// a run that wrote something and at most once an hour, the oldest half if there
// is too much.
func (c *Cache) Trim() {
	if c == nil {
		return
	}
	c.files.Trim()
	mark := filepath.Join(c.dir, marker)
	if info, err := os.Stat(mark); c.wrote.Load() && err == nil && time.Since(info.ModTime()) > resize {
		now := time.Now()
		os.Chtimes(mark, now, now)
		shrink(c.dir, maxSize)
	}
}

// shrink removes the files that were not used for longest until those that are
// left are half of what is allowed, if they are more than that.
func shrink(dir string, allowed int64) {
	files, size, err := entries(dir)
	if err != nil || size <= allowed {
		return
	}
	slices.SortFunc(files, func(a, b entry) int { return a.used.Compare(b.used) })
	for _, f := range files {
		if size <= allowed/2 {
			return
		}
		if os.Remove(f.path) == nil {
			size -= f.size
		}
	}
}

// An entry is one file of a cache.
type entry struct {
	path string
	size int64
	used time.Time
}

// entries are the files in dir that hold results.
func entries(dir string) (all []entry, size int64, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !isEntry(dir, path) {
			return ignoreMissing(err)
		}
		info, err := d.Info()
		if err != nil {
			return ignoreMissing(err)
		}
		all = append(all, entry{path, info.Size(), info.ModTime()})
		size += info.Size()
		return nil
	})
	return all, size, ignoreMissing(err)
}

// isEntry reports whether a file holds a result, or says where one is:
// xx/<hash>-a or -d.
func isEntry(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	sub, name := filepath.Split(rel)
	return err == nil && len(sub) == 3 && strings.HasPrefix(name, sub[:2]) && (strings.HasSuffix(name, "-a") || strings.HasSuffix(name, "-d"))
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Size is how many bytes the results in a folder take.
func Size(dir string) (int64, error) {
	_, size, err := entries(dir)
	return size, err
}

// Clean removes all results from a folder, and nothing that is not ctxleak's.
func Clean(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, marker)); err != nil {
		if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return errors.New(dir + " is not a cache of ctxleak's")
	}
	files, _, err := entries(dir)
	for _, f := range files {
		if e := ignoreMissing(os.Remove(f.path)); e != nil && err == nil {
			err = e
		}
	}
	if err != nil {
		return err
	}
	for _, name := range []string{"README", "trim.txt", marker} {
		if err := ignoreMissing(os.Remove(filepath.Join(dir, name))); err != nil {
			return err
		}
	}
	for _, d := range subfolders(dir) {
		os.Remove(d) // if it is empty
	}
	os.Remove(dir)
	return nil
}

// subfolders are the folders of two hexadecimal digits.
func subfolders(dir string) []string {
	all, _ := filepath.Glob(filepath.Join(dir, "[0-9a-f][0-9a-f]"))
	return all
}
