package bench

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"peal/testnet"
)

func TestQuantiles(t *testing.T) {
	var took []time.Duration
	for i := range 200 {
		took = append(took, time.Duration(200-i)*time.Millisecond)
	}
	if got, want := quantiles(took), (Quantiles{100, 180, 190, 198, 200}); got != want {
		t.Errorf("of 1 to 200 ms: %+v, want %+v", got, want)
	}
	if got, want := quantiles(took[6:7]), (Quantiles{7, 7, 7, 7, 7}); got != want {
		t.Errorf("of 7 ms: %+v, want %+v", got, want)
	}
}

func TestBadConfig(t *testing.T) {
	for _, cfg := range []Config{{Rate: 1e10}, {Rate: 0.5}, {Kill: 0.6}, {Hang: math.NaN()}, {ValueSize: 2 << 20}, {Keys: -1}, {Duration: -1}} {
		if err := cfg.validate(); err == nil {
			t.Errorf("%+v is accepted", cfg)
		}
	}
}

// All have their time, in turns, and every request counts, also one that fails.
func TestContest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked []string
		broken := errors.New("broken")
		rival := func(name string, took time.Duration, err error) *contestant {
			return newContestant(name, 1, newData(Config{Keys: 1, ValueSize: 1}), func(context.Context, string) (int, error) {
				asked = append(asked, name)
				time.Sleep(took)
				return 2, err
			})
		}
		quick, slow := rival("quick", 5*time.Millisecond, nil), rival("slow", 40*time.Millisecond, broken)
		contest(t.Context(), []*contestant{quick, slow}, 160*time.Millisecond, meterOf(nil), func(int, int) {})
		for round := range slices.Chunk(asked, 5) { // a turn of each: 4 quick ones in 20 ms, and a slow one
			if strings.Count(strings.Join(round, ""), "slow") != 1 || round[0] != "slow" && round[4] != "slow" {
				t.Errorf("a round of %v, want a turn of each", round)
			}
		}
		got, _ := quick.row()
		if got.Count != 32 || got.Failed != 0 || got.Rounds != 2 || got.P50 != 5 || got.PerSecond != 200 {
			t.Errorf("quick: %+v, want 32 requests of 5 ms", got)
		}
		got, _ = slow.row()
		if got.Count != 8 || got.Failed != 8 || got.Failure != "broken" || got.Max != 40 {
			t.Errorf("slow: %+v, want 8 requests of 40 ms, all of which failed", got)
		}
	})
}

// A request that is interrupted says nothing about the ring.
func TestInterruptedRequestsDoNotCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 25*time.Millisecond)
		defer cancel()
		c := newContestant("slow", 3, newData(Config{Keys: 1, ValueSize: 1}), func(ctx context.Context, _ string) (int, error) {
			sleep(ctx, 10*time.Millisecond)
			return 1, ctx.Err()
		})
		contest(ctx, []*contestant{c}, time.Second, meterOf(nil), func(int, int) {})
		if n := len(c.tally.took); n != 6 || c.tally.failed != 0 {
			t.Errorf("%d requests, %d failed; want 6, none", n, c.tally.failed)
		}
	})
}

func TestBareRequests(t *testing.T) {
	for _, transport := range []string{testnet.TCP, testnet.QUIC, testnet.Memory} {
		net, err := openBare(t.Context(), transport, 3, make([]byte, 100))
		if err != nil {
			t.Fatal(err)
		}
		for name, ask := range map[string]ask{Request: net.kept, Shared: net.shared, Stream: net.fresh} {
			for range 10 {
				if _, err := ask(t.Context(), ""); err != nil {
					t.Errorf("%s over %s: %v", name, transport, err)
				}
			}
		}
		if err := net.Close(); err != nil {
			t.Errorf("close over %s: %v", transport, err)
		}
	}
}

// Popular keys are asked for more often, and every key can be.
func TestDistributions(t *testing.T) {
	for _, zipf := range []bool{false, true} {
		d := newData(Config{Keys: 10, ValueSize: 1, Zipf: zipf})
		counts, choose := map[string]int{}, d.choice()
		for range 10_000 {
			counts[choose()]++
		}
		if len(counts) != 10 {
			t.Errorf("zipf %v: %d keys were asked for, want 10", zipf, len(counts))
		}
		if skewed := counts[d.key(0)] > counts[d.key(1)]*3/2; skewed != zipf {
			t.Errorf("zipf %v: asked for %v", zipf, counts)
		}
	}
}

// What holds no more has to come true again.
func TestNote(t *testing.T) {
	var since *float64
	for now, holds := range []bool{false, true, true, false, true, true} {
		note(&since, holds, float64(now))
	}
	if since == nil || *since != 4 {
		t.Errorf("it holds since %v, want 4", since)
	}
}
