// The lostcancel command is x/tools' analysis of that name as a command of its
// own, built with the x/tools of this module: what ours is measured against.
package main

import (
	"golang.org/x/tools/go/analysis/passes/lostcancel"
	"golang.org/x/tools/go/analysis/singlechecker"
)

func main() { singlechecker.Main(lostcancel.Analyzer) }
