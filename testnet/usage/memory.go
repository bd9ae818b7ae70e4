// Package usage says what this process takes of the machine.
package usage

import (
	"bytes"
	"os"
	"runtime"
	"strconv"
)

// Memory is how many bytes of memory the process takes: what is resident, or
// where the system does not tell, what Go has of it.
func Memory() int64 {
	if raw, err := os.ReadFile("/proc/self/statm"); err == nil {
		if fields := bytes.Fields(raw); len(fields) > 1 {
			if pages, err := strconv.ParseInt(string(fields[1]), 10, 64); err == nil {
				return pages * int64(os.Getpagesize())
			}
		}
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.Sys - stats.HeapReleased)
}
