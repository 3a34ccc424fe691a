// Package atomicfile replaces files whole or not at all.
package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// Write makes name hold what write writes. Until that has succeeded and is on
// the disk, name stays what it was. What is no regular file, such as /dev/null
// or a pipe, is written to as it is; a symbolic link stays one.
func Write(name string, write func(io.Writer) error) (err error) {
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
	temp := fmt.Sprintf("%s.%08x.tmp", name, rand.Uint32())
	defer func() {
		if err != nil {
			os.Remove(temp)
		}
		if path := (*fs.PathError)(nil); errors.As(err, &path) && path.Path == temp {
			path.Path = name // the one that the user knows
		}
	}()
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if err := closeAfter(f, err); err != nil {
		return err
	}
	return os.Rename(temp, name)
}

func closeAfter(f *os.File, err error) error {
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}
