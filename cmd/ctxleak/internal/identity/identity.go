// Package identity tells whether two runs have found the same leak.
//
// In comes a report; out goes, for each finding, a name that depends on what it
// is and not on where: the rule, the package, the function, the tokens of the
// line, and which of several equal ones it is. It stays when lines move, when
// the file is renamed, the line indented otherwise or commented; it goes when
// the line or the name of the function changes. Names are unique in a report.
// They stand in baselines and on servers that compare SARIF runs, so what goes
// into one must not change: if it has to, so does scheme.
package identity

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/finding"
	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/sourcefile"
)

const scheme = "ctxleak/1"

// Set gives each finding of r its identity. It has to see all that were found,
// before any is left out: equal ones are counted.
func Set(r *finding.Report, source *sourcefile.Set) {
	type place struct {
		file          string
		offset        int
		rule, message string
	}
	at := func(f *finding.Finding) place { return place{f.Pos.File, f.Pos.Offset, f.Rule, f.Message} }
	ids := make(map[place]string)
	seen := make(map[string]int)
	for i := range r.Findings {
		f := &r.Findings[i]
		line, _ := source.Line(f.Pos.File, f.Pos.Line)
		what := strings.Join([]string{scheme, f.Rule, f.Package, source.Func(f.Pos.File, f.Pos.Line), sourcefile.Tokens(line)}, "\x00")
		sum := sha256.Sum256([]byte(what + "\x00" + strconv.Itoa(seen[what])))
		seen[what]++
		f.Identity = hex.EncodeToString(sum[:16])
		ids[at(f)] = f.Identity
	}
	for _, u := range r.Units {
		for i := range u.Findings {
			u.Findings[i].Identity = ids[at(&u.Findings[i])]
		}
	}
}
