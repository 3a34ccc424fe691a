package driver

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/gob"
	"flag"
	"fmt"
	"go/types"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/cache"
	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/finding"
	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/surface"
)

// An entry is what is kept of a package: that it has no errors, what importers
// must know of it and, of those that the user names, what was found.
type entry struct {
	Facts   []byte           // by gob, if there are any
	Surface *surface.Surface // of what is the user's own
	Unit    finding.Unit
	Others  map[string]string // the files of other packages that Unit points into
}

// cached fills in what came of p when its code and what its imports tell were
// the same, and reports whether it was known.
func (g *graph) cached(p *pkg) bool {
	if g.cfg.Cache == nil || !p.keyed {
		return false
	}
	var e entry
	if !g.cfg.Cache.Get(g.roleKey(p), &e) || !maps.Equal(e.Others, g.others(p, e.Unit)) {
		return false
	}
	if len(e.Facts) > 0 && gob.NewDecoder(bytes.NewReader(e.Facts)).Decode(&p.facts) != nil {
		p.facts = nil
		return false
	}
	p.surface, p.unit = e.Surface, e.Unit
	g.learn(p)
	return true
}

// store keeps what came of p.
func (g *graph) store(p *pkg) {
	if p.keyed && p.surface == nil && g.cfg.Env.ours(p.Package) {
		files, texts := g.parse(p) // nothing in it was of interest
		g.setSurface(p, files, texts)
	}
	var facts bytes.Buffer
	if !p.keyed || len(p.facts) > 0 && gob.NewEncoder(&facts).Encode(p.facts) != nil {
		return
	}
	g.cfg.Cache.Put(g.roleKey(p), entry{facts.Bytes(), p.surface, p.unit, g.others(p, p.unit)})
}

// roleKey is the key of what is wanted of p: of what is only imported, facts,
// which the analyzer's flags have no part in.
func (g *graph) roleKey(p *pkg) cache.Key {
	h := sha256.New()
	h.Write(p.key[:])
	if p.root {
		write(h, "root", p.ID)
		g.cfg.Analyzer.Flags.VisitAll(func(f *flag.Flag) { write(h, f.Name, f.Value.String()) })
	}
	return cache.Key(h.Sum(nil))
}

// setKey computes p.key from all that decides what its analysis gives: the tool,
// the go command, the system, p's files, and what its imports tell. Without a key
// p is neither looked for nor kept.
func (g *graph) setKey(p *pkg) {
	if g.cfg.Cache == nil || g.tool == nil {
		return
	}
	h := sha256.New()
	h.Write(g.tool)
	write(h, g.cfg.Env.GOVERSION, p.PkgPath, p.Name, sizes(p))
	if p.Module != nil {
		write(h, p.Module.GoVersion)
	}
	for _, file := range p.CompiledGoFiles {
		if err := g.hashFile(h, file); err != nil {
			return
		}
	}
	for _, imp := range p.imports {
		if imp.types == types.Unsafe {
			continue
		}
		if !imp.keyed {
			return
		}
		h.Write(imp.told[:])
	}
	p.key, p.keyed = cache.Key(h.Sum(nil)), true
}

// hashFile writes to h what file is: its name, which findings tell, and what it
// holds. The files of a released module and of a release of Go hold the same
// for ever, as the go command itself supposes.
func (g *graph) hashFile(h io.Writer, file string) error {
	write(h, file)
	sum, err := g.contents(file)
	if err == nil {
		h.Write(sum[:])
	}
	return err
}

// contents is the hash of what file holds, or 0 if that is for ever.
func (g *graph) contents(file string) (sum [sha256.Size]byte, err error) {
	env := g.cfg.Env
	if _, over := env.overlay.contents[file]; !over && (under(env.GOMODCACHE, file) || under(filepath.Join(env.GOROOT, "src"), file) && !strings.Contains(env.GOVERSION, "devel")) {
		return sum, nil
	}
	data, err := g.read(file)
	if err != nil {
		return sum, err
	}
	return sha256.Sum256(data), nil
}

func under(dir, file string) bool {
	return dir != "" && strings.HasPrefix(file, dir+string(filepath.Separator))
}

// sizes tells the architectures apart as far as types go; files tell the rest.
func sizes(p *pkg) string { return fmt.Sprintf("%T %+v", p.TypesSizes, p.TypesSizes) }

// write writes each string with its length, so that no two lists are alike.
func write(h io.Writer, list ...string) {
	for _, s := range list {
		var n [8]byte
		binary.LittleEndian.PutUint64(n[:], uint64(len(s)))
		h.Write(n[:])
		io.WriteString(h, s)
	}
}

// ToolID is another for every build of this program: the ID that the linker has
// put into it or, without one, the hash of all of it.
func ToolID() ([]byte, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	f, err := os.Open(exe)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, 64<<10)
	n, err := io.ReadFull(f, head)
	if err != nil && err != io.ErrUnexpectedEOF {
		return nil, err
	}
	if id := linked(head[:n]); bytes.Count(id, []byte("/")) == 3 {
		return slices.Clone(id), nil
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return nil, err
	}
	return h.Sum(nil), nil
}

// linked is the ID that the linker puts at the start of a program: into a note of
// ELF files, or before the code of others.
func linked(head []byte) []byte {
	if i := bytes.Index(head, []byte("\x04\x00\x00\x00Go\x00\x00")); bytes.HasPrefix(head, []byte("\x7fELF")) && i >= 4 {
		if size := binary.LittleEndian.Uint32(head[i-4:]); uint64(size) < uint64(len(head)-i-8) {
			return head[i+8:][:size]
		}
	}
	_, id, _ := bytes.Cut(head, []byte("\xff Go build ID: \""))
	id, _, _ = bytes.Cut(id, []byte("\"\n \xff"))
	return id
}

// register tells gob what is inside objectFact.Fact.
func (g *graph) register() {
	for _, f := range g.cfg.Analyzer.FactTypes {
		gob.Register(f)
	}
}
