//go:build unix

package usage

import (
	"os"
	"runtime"
	"syscall"
)

// maxResident is the most memory that the process had, in bytes.
func maxResident(p *os.ProcessState) int64 {
	usage, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return int64(usage.Maxrss) // in bytes
	}
	return int64(usage.Maxrss) << 10
}
