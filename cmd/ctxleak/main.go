// The ctxleak command finds contexts that leak.
package main

import (
	"golang.org/x/tools/go/analysis/singlechecker"

	"github.com/ctxleak/ctxleak/analyzer"
)

func main() { singlechecker.Main(analyzer.Analyzer) }
