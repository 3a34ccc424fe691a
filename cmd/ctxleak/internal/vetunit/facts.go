package vetunit

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/gob"
	"fmt"
	"go/types"
	"os"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/objectpath"

	"github.com/ctxleak/ctxleak/analyzer/unit"
	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/skim"
)

// A record is a fact in a file, in the form of x/tools' internal/facts.
type record struct {
	PkgPath string
	Object  objectpath.Path
	Fact    analysis.Fact
	Name    string // the object's; x/tools has no such field, and skips it
}

// method reports whether the record is about a method: its object is reached
// through another one. Methods are met far from the package that has them, so
// facts about them are handed on; others are only known to those that import
// the package itself.
func (r *record) method() bool { return strings.Contains(string(r.Object), ".") }

// A factSet is the facts that the analysis of one package sees and makes.
type factSet struct {
	imported map[string][]record // by package path
	direct   map[string]bool     // the paths of the imports
	decoded  map[*types.Package]map[types.Object]analysis.Fact

	pkg      *types.Package // of the analysis
	exported map[types.Object]analysis.Fact
}

// readFacts reads the files of a package's imports.
func readFacts(files map[string]string) (*factSet, error) {
	s := &factSet{
		imported: make(map[string][]record),
		direct:   make(map[string]bool),
		decoded:  make(map[*types.Package]map[types.Object]analysis.Fact),
		exported: make(map[types.Object]analysis.Fact),
	}
	seen := make(map[string]bool)
	for path, file := range files {
		s.direct[path] = true
		records, err := readFile(file)
		if err != nil {
			return nil, fmt.Errorf("facts of %q: %v", path, err)
		}
		for _, r := range records {
			if id := r.PkgPath + " " + string(r.Object); !seen[id] {
				seen[id] = true
				s.imported[r.PkgPath] = append(s.imported[r.PkgPath], r)
			}
		}
	}
	return s, nil
}

// The container is unitchecker's: a magic word, the lengths of types and facts,
// types, facts.
const (
	magic  = "vetx"
	header = len(magic) + 8
)

func readFile(name string) ([]record, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	if len(data) < header || string(data[:len(magic)]) != magic {
		return nil, fmt.Errorf("%s has another form", name)
	}
	types, facts := uint64(binary.LittleEndian.Uint32(data[4:])), uint64(binary.LittleEndian.Uint32(data[8:]))
	if uint64(header)+types+facts != uint64(len(data)) {
		return nil, fmt.Errorf("%s is damaged", name)
	}
	if facts == 0 {
		return nil, nil
	}
	var records []record
	err = gob.NewDecoder(bytes.NewReader(data[uint64(header)+types:])).Decode(&records)
	return records, err
}

// write writes what importers must know. types is export data, or empty.
func (s *factSet) write(name string, types []byte) error {
	var records []record
	for _, list := range s.imported {
		for _, r := range list {
			if r.method() {
				records = append(records, r)
			}
		}
	}
	var enc objectpath.Encoder
	for obj, f := range s.exported {
		if path, err := enc.For(obj); err == nil {
			records = append(records, record{obj.Pkg().Path(), path, f, obj.Name()})
		}
	}
	slices.SortFunc(records, func(a, b record) int {
		return cmp.Or(cmp.Compare(a.PkgPath, b.PkgPath), cmp.Compare(a.Object, b.Object))
	})
	b := bytes.NewBuffer(make([]byte, header))
	b.Write(types)
	if len(records) > 0 {
		if err := gob.NewEncoder(b).Encode(records); err != nil {
			return err
		}
	}
	data := b.Bytes()
	copy(data, magic)
	binary.LittleEndian.PutUint32(data[4:], uint32(len(types)))
	binary.LittleEndian.PutUint32(data[8:], uint32(len(data)-header-len(types)))
	return os.WriteFile(name, data, 0o666)
}

// owes reports whether a fact about a function of the package path opens the
// gate.
func (s *factSet) owes(path string) bool {
	return slices.ContainsFunc(s.imported[path], func(r record) bool { return unit.Owes(r.Fact) })
}

// uses are those of the imported functions, by package path and name, and of the
// methods.
func (s *factSet) uses() (functions map[string]map[string]unit.Use, methods map[string]unit.Use) {
	functions, methods = make(map[string]map[string]unit.Use), make(map[string]unit.Use)
	for path, list := range s.imported {
		functions[path] = make(map[string]unit.Use)
		for _, r := range list {
			if u := unit.UseOf(r.Fact); r.method() {
				methods[r.Name] = max(methods[r.Name], u)
			} else {
				functions[path][r.Name] = u
			}
		}
	}
	return functions, methods
}

// names adds those of the imported functions that never return.
func (s *factSet) names(n *skim.Names) {
	for _, list := range s.imported {
		for _, r := range list {
			if unit.NeverReturns(r.Fact) {
				n.Add(r.Name)
			}
		}
	}
}

// of returns the facts about the objects of p.
func (s *factSet) of(p *types.Package) map[types.Object]analysis.Fact {
	facts, ok := s.decoded[p]
	if !ok {
		facts = make(map[types.Object]analysis.Fact)
		for _, r := range s.imported[p.Path()] {
			if obj, err := objectpath.Object(p, r.Object); err == nil {
				facts[obj] = r.Fact
			}
		}
		s.decoded[p] = facts
	}
	return facts
}

func (s *factSet) importObject(obj types.Object, ptr analysis.Fact) bool {
	f := s.exported[obj]
	if obj.Pkg() != s.pkg && obj.Pkg() != nil {
		f = s.of(obj.Pkg())[obj]
	}
	if f == nil || reflect.TypeOf(f) != reflect.TypeOf(ptr) {
		return false
	}
	reflect.ValueOf(ptr).Elem().Set(reflect.ValueOf(f).Elem())
	return true
}

func (s *factSet) exportObject(obj types.Object, f analysis.Fact) { s.exported[obj] = f }

// all returns the facts of the package and of those that it imports itself.
func (s *factSet) all() []analysis.ObjectFact {
	var all []analysis.ObjectFact
	for _, p := range s.pkg.Imports() {
		for obj, f := range s.of(p) {
			all = append(all, analysis.ObjectFact{Object: obj, Fact: f})
		}
	}
	for obj, f := range s.exported {
		all = append(all, analysis.ObjectFact{Object: obj, Fact: f})
	}
	return all
}
