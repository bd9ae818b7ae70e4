package testnet

import (
	"testing"
	"testing/synctest"
	"time"

	"peal/node"
)

// A dead transport counts how often it is closed.
type dead struct {
	node.Transport
	closed int
}

func (d *dead) Close() error { d.closed++; return nil }

// A hang ends once, with its time or with its host, and is forgotten then.
func TestHangEnds(t *testing.T) {
	for _, early := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			wire, host := new(dead), new(local)
			host.hang(&line{Transport: wire})
			if early {
				host.Close()
			}
			time.Sleep(hungFor)
			synctest.Wait()
			if wire.closed != 1 || len(host.hung) != 0 {
				t.Errorf("closed early %v: %d closes and %d lines left, want 1 and none", early, wire.closed, len(host.hung))
			}
		})
	}
}
