package transport

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestCrewEndsWithoutWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := crew{jobs: make(chan func())}
		for range 2 {
			var jobs sync.WaitGroup
			for range 2 * crewSize {
				jobs.Add(1)
				c.do(func() {
					time.Sleep(time.Millisecond)
					jobs.Done()
				})
			}
			jobs.Wait()
			synctest.Wait()
			if idle := c.idle.Load(); idle != crewSize {
				t.Errorf("%d goroutines wait for jobs, want %d", idle, crewSize)
			}
			time.Sleep(20 * crewPatience)
			synctest.Wait()
			if all := c.all.Load(); all != 0 || c.watched.Load() {
				t.Errorf("%d goroutines are left long after the last job, and are watched: %t", all, c.watched.Load())
			}
		}
	})
}
