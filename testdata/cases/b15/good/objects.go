// Package objects stores objects under locks.
package objects

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"cases/b15/good/nslock"
)

// ErrConflict is returned where there is a newer object already.
var ErrConflict = errors.New("objects: newer version exists")

// Info describes an object.
type Info struct {
	ModTime time.Time
	Size    int64
}

// Disk keeps objects.
type Disk interface {
	Stat(ctx context.Context, name string) (Info, error)
	Write(ctx context.Context, name string, data []byte, mod time.Time) error
}

// Layer is the object layer.
type Layer struct {
	disk  Disk
	locks nslock.Locks
	limit time.Duration
}

// New returns a layer on disk.
func New(disk Disk, limit time.Duration) *Layer { return &Layer{disk: disk, limit: limit} }

// Put writes an object unless there is a newer one.
func (l *Layer) Put(ctx context.Context, name string, data []byte, mod time.Time) error {
	lk, err := l.locks.Lock(ctx, name, l.limit)
	if err != nil {
		return err
	}
	defer lk.Cancel()
	defer l.locks.Unlock(name)
	ctx = lk.Context()
	old, err := l.disk.Stat(ctx, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err == nil && old.ModTime.After(mod) {
		return ErrConflict
	}
	err = l.disk.Write(ctx, name, data, mod)
	return err
}
