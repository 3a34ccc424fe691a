// Package usage measures what a command costs.
package usage

import (
	"os/exec"
	"time"
)

// A Usage is what a run cost.
type Usage struct {
	Elapsed, CPU time.Duration
	Memory       int64 // the most that was resident, in bytes; 0 where the system does not tell
}

// Run runs cmd, with the error of its Run.
func Run(cmd *exec.Cmd) (Usage, error) {
	start := time.Now()
	err := cmd.Run()
	u := Usage{Elapsed: time.Since(start)}
	if cmd.ProcessState != nil {
		u.CPU = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		u.Memory = maxResident(cmd.ProcessState)
	}
	return u, err
}
