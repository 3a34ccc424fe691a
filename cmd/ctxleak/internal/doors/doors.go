// Package doors has no code. Its tests reach the analyzer through each program
// that docs/integrations.md tells how to use, built as that page says from the
// files that it shows, and demand the findings of the analyzer itself. What a
// program cannot show is a named exception.
//
// They build golangci-lint and gopls, with the module proxy and a minute or two of
// CPU time each, so they run only if asked, by name or all:
//
//	CTXLEAK_DOORS=golangci,gopls go test -timeout=60m -v ./cmd/ctxleak/internal/doors
//
// What is built is kept in the user's cache folder, under ctxleak-doors.
package doors
