// A module of its own: what validates SARIF is no requirement of those who
// import the analyzer. To run its test: go -C cmd/ctxleak/internal/format/validate test
module github.com/ctxleak/ctxleak/cmd/ctxleak/internal/format/validate

go 1.26

require (
	github.com/owenrumney/go-sarif/v3 v3.3.1
	github.com/xeipuuv/gojsonschema v1.2.0
)

require (
	github.com/xeipuuv/gojsonpointer v0.0.0-20180127040702-4e3ac2762d5f // indirect
	github.com/xeipuuv/gojsonreference v0.0.0-20180127040603-bd5ef7bd5415 // indirect
)
