package testnet

import (
	"testing"
	"testing/synctest"
	"time"

	"peal/node"
)

// Up to some hundred peers a testnet runs with the settings of real ones. In several
// processes it is as crowded as in one.
func TestCrowd(t *testing.T) {
	for peers, want := range map[int]time.Duration{1: 1, 250: 1, 251: 2, 1000: 4, 10_000: 4} {
		one, four := Config{Peers: peers, Processes: 1}, Config{Peers: (peers + 3) / 4, Processes: 4}
		if got, spread := one.crowd(), four.crowd(); got != want || spread < want {
			t.Errorf("%d peers: %d in one process, %d in four, want %d", peers, got, spread, want)
		}
	}
}

// A start takes its time where joins take long, or peers suspect each other, but not for
// ever.
func TestBreathe(t *testing.T) {
	for _, test := range []struct {
		took, suspectedFor, want time.Duration
	}{
		{longJoin / 2, 0, 0},
		{2 * time.Second, 0, 2 * time.Second},
		{time.Hour, 0, longBreath},
		{0, 3 * time.Second, 3*time.Second + breath},
		{2 * time.Second, 3 * time.Second, 3*time.Second + breath},
		{0, time.Hour, longBreath},
	} {
		synctest.Test(t, func(t *testing.T) {
			net, err := New(Config{Transport: Memory})
			if err != nil {
				t.Fatal(err)
			}
			begin := time.Now()
			if test.suspectedFor > 0 {
				net.hear(node.Event{Kind: node.Suspected})
				go func() {
					for time.Since(begin) < test.suspectedFor {
						time.Sleep(breath / 2)
						net.hear(node.Event{Kind: node.Suspected})
					}
				}()
			}
			net.breathe(t.Context(), test.took)
			if got := time.Since(begin); got < test.want || got > test.want+breath {
				t.Errorf("%+v: waited %v", test, got)
			}
			time.Sleep(2 * time.Hour) // for the suspicions to end
		})
	}
}
