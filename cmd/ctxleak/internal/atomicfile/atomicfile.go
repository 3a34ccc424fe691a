// Package atomicfile replaces files whole or not at all.
package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
)

// Write makes name hold what write writes. Until that has succeeded and is on
// the disk, name stays what it was. What is no regular file, such as /dev/null
// or a pipe, is written to as it is; a symbolic link stays one.
func Write(name string, write func(io.Writer) error) error {
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target
	}
	mode := fs.FileMode(0o666) // less the user's mask
	info, err := os.Stat(name)
	if err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return closeAfter(f, write(f))
	}
	if err == nil { // a file that may not be written to is not replaced either
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		f.Close()
		mode = info.Mode().Perm()
	}
	temp, err := stage(name, mode, write)
	if err != nil {
		return err
	}
	defer os.Remove(temp) // of a success, nothing
	return os.Rename(temp, name)
}

// stage writes a file beside name, from where it can take name's place.
func stage(name string, mode fs.FileMode, write func(io.Writer) error) (string, error) {
	temp := fmt.Sprintf("%s.%08x.tmp", name, rand.Uint32())
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err == nil {
		err = write(f)
		if err == nil {
			err = f.Sync()
		}
		err = closeAfter(f, err)
	}
	if err != nil {
		os.Remove(temp)
		if path := (*fs.PathError)(nil); errors.As(err, &path) && path.Path == temp {
			path.Path = name // the one that the user knows
		}
		return "", err
	}
	return temp, nil
}

// WriteAll makes each of the files that contents names, which are there, hold
// what it says; where one of them cannot be written, all stay what they were.
func WriteAll(contents map[string][]byte) error {
	type staged struct{ temp, name, before string }
	var all []staged
	defer func() {
		for _, s := range all { // of a success, only what was kept of before
			os.Remove(s.temp)
			os.Remove(s.before)
		}
	}()
	for _, name := range slices.Sorted(maps.Keys(contents)) {
		content := contents[name]
		if target, err := filepath.EvalSymlinks(name); err == nil {
			name = target
		}
		f, err := os.OpenFile(name, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		s := staged{name: name}
		info, err := f.Stat()
		if err == nil {
			s.before, err = stage(name, info.Mode().Perm(), func(w io.Writer) error { _, err := io.Copy(w, f); return err })
		}
		f.Close()
		if err != nil {
			return err
		}
		s.temp, err = stage(name, info.Mode().Perm(), func(w io.Writer) error { _, err := w.Write(content); return err })
		all = append(all, s)
		if err != nil {
			return err
		}
	}
	for i, s := range all {
		if err := os.Rename(s.temp, s.name); err != nil {
			for _, done := range all[:i] {
				err = errors.Join(err, os.Rename(done.before, done.name))
			}
			return err
		}
	}
	return nil
}

func closeAfter(f *os.File, err error) error {
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}
