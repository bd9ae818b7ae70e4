//go:build unix

package usage

import (
	"syscall"
	"time"
)

// CPU is the processor time that the process has taken so far, 0 where the system
// does not tell.
func CPU() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
