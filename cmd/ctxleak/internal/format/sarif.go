package format

import (
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/finding"
	"github.com/ctxleak/ctxleak/docs"
)

// SARIF writes a log of SARIF 2.1.0, with what GitHub code scanning makes use
// of: for each rule its help, for each finding a level, linked steps, the story
// as a code flow, a fingerprint that stays when lines move, and fixes.
//
// The structs below are the parts of the schema that are written. A library of
// the whole schema would be a requirement of every user; whether what is written
// is valid is asked of one in a module of its own, in folder validate.
func SARIF(w io.Writer, in *Input) error {
	s := &sarif{in}
	run := sarifRun{
		Tool:       sarifTool{s.driver()},
		ColumnKind: "utf16CodeUnits",
		Results:    []sarifResult{},
	}
	invocation := sarifInvocation{ExecutionSuccessful: true}
	for _, u := range in.Units {
		if u.Err != "" {
			invocation.ExecutionSuccessful = false
			invocation.Notifications = append(invocation.Notifications, sarifNotification{"error", sarifText{u.ID + ": " + u.Err}})
		}
	}
	run.Invocations = []sarifInvocation{invocation}
	for i := range in.Findings {
		run.Results = append(run.Results, s.result(&in.Findings[i]))
	}
	return writeJSON(w, sarifLog{
		Schema:  "https://json.schemastore.org/sarif-2.1.0.json",
		Version: "2.1.0",
		Runs:    []sarifRun{run},
	})
}

type sarif struct{ *Input }

func (s *sarif) driver() sarifDriver {
	d := sarifDriver{Name: "ctxleak", Version: s.Version, InformationURI: homepage}
	if v, ok := strings.CutPrefix(s.Version, "v"); ok {
		d.SemanticVersion = v
	}
	for _, r := range s.Rules {
		page := Linked(r.Page)
		d.Rules = append(d.Rules, sarifRule{
			ID:               r.Name,
			ShortDescription: sarifText{r.Title},
			FullDescription:  sarifText{cut(orElse(paragraph(docs.Lead(r.Page)), r.Title), 1024)},
			Help: sarifMarkdown{
				Text:     orElse(paragraph(docs.Section(r.Page, "How to mend")), r.Title),
				Markdown: orElse(page, r.Title),
			},
			HelpURI:              r.URL,
			DefaultConfiguration: sarifConfiguration{"warning"},
			Properties:           sarifProperties{[]string{"correctness", "resource-leak"}, "high", "warning"},
		})
	}
	return d
}

func (s *sarif) result(f *finding.Finding) sarifResult {
	r := sarifResult{
		RuleID:    f.Rule,
		RuleIndex: slices.IndexFunc(s.Rules, func(r Rule) bool { return r.Name == f.Rule }),
		Level:     map[string]string{"high": "error", "medium": "warning"}[f.Severity],
		Message:   sarifText{literal(f.Text())},
		Locations: []sarifLocation{s.location(f.Pos, f.End)},
		PartialFingerprints: map[string]string{
			"ctxleak/v1":              f.Identity,
			"primaryLocationLineHash": f.Identity + ":1", // GitHub's name for it
		},
	}
	if r.Level == "" {
		r.Level = "note"
	}
	if name := s.Source.Func(f.Pos.File, f.Pos.Line); name != "" {
		r.Locations[0].LogicalLocations = []sarifLogical{{f.Package + "." + name, "function"}}
	}
	flow := sarifFlow{}
	if !slices.ContainsFunc(f.Related, func(r finding.Related) bool { return r.Pos == f.Pos }) {
		start := s.location(f.Pos, f.End)
		start.Message = &sarifText{f.Text()}
		flow.Locations = append(flow.Locations, sarifStep{start})
	}
	for i, rel := range f.Related {
		step := s.location(rel.Pos, rel.End)
		step.Message = &sarifText{rel.Message}
		flow.Locations = append(flow.Locations, sarifStep{step})
		step.ID = i + 1
		r.RelatedLocations = append(r.RelatedLocations, step)
		r.Message.Text += "\n[" + literal(rel.Message) + "](" + number(step.ID) + ")"
	}
	if len(f.Related) > 0 {
		r.CodeFlows = []sarifCodeFlow{{[]sarifFlow{flow}}}
	}
	for _, fix := range f.Fixes {
		if x, ok := s.fix(fix); ok {
			r.Fixes = append(r.Fixes, x)
		}
	}
	return r
}

// fix is fix by file, if its edits are at positions that are really there.
func (s *sarif) fix(fix finding.Fix) (sarifFix, bool) {
	x := sarifFix{Description: sarifText{fix.Message}}
	for _, e := range fix.Edits {
		if !s.Source.Agrees(e.Pos) || !s.Source.Agrees(e.End) {
			return x, false
		}
		at := s.artifact(e.Pos.File)
		i := slices.IndexFunc(x.ArtifactChanges, func(c sarifChange) bool { return c.ArtifactLocation == at })
		if i < 0 {
			i = len(x.ArtifactChanges)
			x.ArtifactChanges = append(x.ArtifactChanges, sarifChange{ArtifactLocation: at})
		}
		c := &x.ArtifactChanges[i]
		c.Replacements = append(c.Replacements, sarifReplacement{s.region(e.Pos, e.End), sarifText{e.New}})
	}
	return x, len(x.ArtifactChanges) > 0
}

func (s *sarif) location(pos, end finding.Position) sarifLocation {
	return sarifLocation{PhysicalLocation: sarifPhysical{s.artifact(pos.File), s.region(pos, end)}}
}

func (s *sarif) region(pos, end finding.Position) sarifRegion {
	return sarifRegion{max(pos.Line, 1), s.Source.UTF16(pos), max(end.Line, 1), s.Source.UTF16(end)}
}

// artifact names a file by a URI: relative to the root of the repository, where
// it is below it.
func (s *sarif) artifact(file string) sarifArtifact {
	rel, below := relative(s.Root, file)
	if below {
		return sarifArtifact{(&url.URL{Path: rel}).String(), "%SRCROOT%"}
	}
	return sarifArtifact{(&url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(rel, "/")}).String(), ""}
}

// literal escapes what SARIF's messages would take for a link.
func literal(s string) string {
	return strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`).Replace(s)
}

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool        sarifTool         `json:"tool"`
	Invocations []sarifInvocation `json:"invocations"`
	ColumnKind  string            `json:"columnKind"`
	Results     []sarifResult     `json:"results"`
}

type sarifInvocation struct {
	ExecutionSuccessful bool                `json:"executionSuccessful"`
	Notifications       []sarifNotification `json:"toolExecutionNotifications,omitempty"`
}

type sarifNotification struct {
	Level   string    `json:"level"`
	Message sarifText `json:"message"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name            string      `json:"name"`
	Version         string      `json:"version"`
	SemanticVersion string      `json:"semanticVersion,omitempty"`
	InformationURI  string      `json:"informationUri"`
	Rules           []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID                   string             `json:"id"`
	ShortDescription     sarifText          `json:"shortDescription"`
	FullDescription      sarifText          `json:"fullDescription"`
	Help                 sarifMarkdown      `json:"help"`
	HelpURI              string             `json:"helpUri"`
	DefaultConfiguration sarifConfiguration `json:"defaultConfiguration"`
	Properties           sarifProperties    `json:"properties"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifMarkdown struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown"`
}

type sarifConfiguration struct {
	Level string `json:"level"`
}

type sarifProperties struct {
	Tags      []string `json:"tags"`
	Precision string   `json:"precision"`
	Severity  string   `json:"problem.severity"`
}

type sarifResult struct {
	RuleID              string            `json:"ruleId"`
	RuleIndex           int               `json:"ruleIndex"`
	Level               string            `json:"level"`
	Message             sarifText         `json:"message"`
	Locations           []sarifLocation   `json:"locations"`
	RelatedLocations    []sarifLocation   `json:"relatedLocations,omitempty"`
	CodeFlows           []sarifCodeFlow   `json:"codeFlows,omitempty"`
	PartialFingerprints map[string]string `json:"partialFingerprints"`
	Fixes               []sarifFix        `json:"fixes,omitempty"`
}

type sarifLocation struct {
	ID               int            `json:"id,omitempty"`
	PhysicalLocation sarifPhysical  `json:"physicalLocation"`
	LogicalLocations []sarifLogical `json:"logicalLocations,omitempty"`
	Message          *sarifText     `json:"message,omitempty"`
}

type sarifPhysical struct {
	ArtifactLocation sarifArtifact `json:"artifactLocation"`
	Region           sarifRegion   `json:"region"`
}

type sarifArtifact struct {
	URI       string `json:"uri"`
	URIBaseID string `json:"uriBaseId,omitempty"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn"`
	EndLine     int `json:"endLine"`
	EndColumn   int `json:"endColumn"`
}

type sarifLogical struct {
	FullyQualifiedName string `json:"fullyQualifiedName"`
	Kind               string `json:"kind"`
}

type sarifCodeFlow struct {
	ThreadFlows []sarifFlow `json:"threadFlows"`
}

type sarifFlow struct {
	Locations []sarifStep `json:"locations"`
}

type sarifStep struct {
	Location sarifLocation `json:"location"`
}

type sarifFix struct {
	Description     sarifText     `json:"description"`
	ArtifactChanges []sarifChange `json:"artifactChanges"`
}

type sarifChange struct {
	ArtifactLocation sarifArtifact      `json:"artifactLocation"`
	Replacements     []sarifReplacement `json:"replacements"`
}

type sarifReplacement struct {
	DeletedRegion   sarifRegion `json:"deletedRegion"`
	InsertedContent sarifText   `json:"insertedContent"`
}
