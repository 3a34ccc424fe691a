package driver

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/packages"
)

// An overlay is what -overlay in GOFLAGS puts in the place of files. go list
// obeys it but tells of the files under the names that they replace, and
// packages.Load would read what is there.
type overlay struct {
	flag     string // -overlay's value, or ""
	contents map[string][]byte
}

func readOverlay(dir, goflags string) (overlay, error) {
	var o overlay
	for _, f := range strings.Fields(goflags) {
		f = strings.Trim(f, `'"`)
		if name, value, ok := strings.Cut(strings.TrimLeft(f, "-"), "="); ok && name == "overlay" {
			o.flag = value
		}
	}
	if o.flag == "" {
		return o, nil
	}
	var list struct{ Replace map[string]string }
	data, err := os.ReadFile(join(dir, o.flag))
	if err == nil {
		err = json.Unmarshal(data, &list)
	}
	o.contents = make(map[string][]byte)
	for from, to := range list.Replace {
		if to == "" || err != nil {
			continue // a file that is not there: go list does not tell of it
		}
		o.contents[join(dir, from)], err = os.ReadFile(join(dir, to))
	}
	if err != nil {
		return o, fmt.Errorf("-overlay=%s: %v", o.flag, err)
	}
	return o, nil
}

// Overlay makes conf load what an overlay in GOFLAGS says.
func (env *Environment) Overlay(conf *packages.Config) {
	if o := env.overlay; o.flag != "" {
		conf.Overlay = o.contents
		// packages.Load gives go list an overlay of these contents, which
		// knows nothing of removed files. The last flag wins.
		conf.BuildFlags = append(conf.BuildFlags, "-overlay="+o.flag)
	}
}

// read reads a file as the go command sees it.
func (o overlay) read(file string) ([]byte, error) {
	if data, ok := o.contents[file]; ok {
		return data, nil
	}
	return os.ReadFile(file)
}

func join(dir, file string) string {
	if !filepath.IsAbs(file) {
		file = filepath.Join(dir, file)
	}
	if abs, err := filepath.Abs(file); err == nil {
		return abs
	}
	return file
}
