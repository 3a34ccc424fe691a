package main

import (
	"os"
	"runtime"
	"runtime/pprof"
	"runtime/trace"
)

// profile starts what -cpuprofile and -trace ask for. stop ends it, and writes
// what -memprofile asks for.
func (o *options) profile() (stop func() error, err error) {
	var stops []func() error
	stop = func() error {
		var first error
		for _, f := range stops {
			if err := f(); err != nil && first == nil {
				first = err
			}
		}
		return first
	}
	create := func(name string, start func(*os.File) error, end func(*os.File) error) {
		if name == "" || err != nil {
			return
		}
		var f *os.File
		if f, err = os.Create(name); err != nil {
			return
		}
		if err = start(f); err != nil {
			f.Close()
			return
		}
		stops = append(stops, func() error {
			err := end(f)
			if err := f.Close(); err != nil {
				return err
			}
			return err
		})
	}
	nothing := func(*os.File) error { return nil }
	create(o.cpuprofile, func(f *os.File) error { return pprof.StartCPUProfile(f) }, func(*os.File) error { pprof.StopCPUProfile(); return nil })
	create(o.trace, func(f *os.File) error { return trace.Start(f) }, func(*os.File) error { trace.Stop(); return nil })
	create(o.memprofile, nothing, func(f *os.File) error {
		runtime.GC() // what is alive, and all that was allocated
		return pprof.WriteHeapProfile(f)
	})
	if err != nil {
		stop()
		return nil, err
	}
	return stop, nil
}
