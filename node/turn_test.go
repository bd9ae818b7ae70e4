package node_test

import (
	"sync"
	"testing"
	"testing/synctest"

	"peal/node"
)

// However calls, messages and pauses meet, each call returns.
func TestNoCallIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nodes := newNetwork().ring(t, 3)
		put(t, nodes[0], "key", "value")
		p := nodes[1]
		var callers sync.WaitGroup
		for i := range 32 {
			callers.Go(func() {
				for range 50 {
					p.Info()
					wantValue(t, p, "key", "value")
					if i == 0 {
						resume, err := p.Pause()
						if err != nil {
							t.Error(err)
							return
						}
						resume()
					}
				}
			})
		}
		callers.Wait()
	})
}

// Of two who pause a peer that then closes, the second finds it closed.
func TestCloseEndsAWaitingPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := start(t, newNetwork().config(0))
		if _, err := p.Pause(); err != nil {
			t.Fatal(err)
		}
		go func() {
			_, err := p.Pause()
			wantError(t, "pause of a peer that closes", err, node.ErrClosed)
		}()
		synctest.Wait()
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
}
