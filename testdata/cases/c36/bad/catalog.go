// Package catalog lists the plug-ins of a directory.
package catalog

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"cases/c36/bad/plugin"
)

// Catalog knows the plug-ins of a directory.
type Catalog struct {
	Dir string
	FS  fs.FS
}

// Describe returns the manifest of one plug-in.
func (c *Catalog) Describe(ctx context.Context, name string) (plugin.Manifest, error) {
	inst, err := plugin.Load(ctx, filepath.Join(c.Dir, name)) // LEAK
	if err != nil {
		return plugin.Manifest{}, err
	}
	m := inst.Manifest()
	if m.Name == "" {
		return m, fmt.Errorf("%s has no name", name)
	}
	return m, nil
}

// List returns the manifests of all plug-ins.
func (c *Catalog) List(ctx context.Context) ([]plugin.Manifest, error) {
	entries, err := fs.ReadDir(c.FS, ".")
	if err != nil {
		return nil, err
	}
	var all []plugin.Manifest
	for _, e := range entries {
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		m, err := c.Describe(ctx, e.Name())
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b plugin.Manifest) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

// Call calls a verb of a plug-in.
func (c *Catalog) Call(ctx context.Context, name, verb string, args ...string) (answer string, err error) {
	inst, err := plugin.Load(ctx, filepath.Join(c.Dir, name))
	if err != nil {
		return "", err
	}
	defer func() {
		if cerr := inst.Close(); err == nil && cerr != nil {
			err = cerr
		}
	}()
	return inst.Call(verb, args...)
}
