module github.com/ctxleak/ctxleak/testdata/corpus/growth/live

go 1.26.0
