package testnet_test

import (
	"context"
	"flag"
	"testing"
	"time"

	"peal/chord"
	"peal/node"
	"peal/testnet"
	"peal/testnet/churn"
)

var (
	churnFor   = flag.Duration("churn", 8*time.Second, "how long TestLookupsAreRightUnderChurn takes")
	churnPeers = flag.Int("peers", 30, "how many peers it has")
	churnNet   = flag.String("transport", testnet.TCP, "what they talk over")
)

// A churned testnet is one whose peers come and go.
type churned struct {
	*testnet.Testnet
	how testnet.Death
}

func (c churned) Peers(context.Context) (node.Ring, error) { return c.Ring(), nil }

func (c churned) Join(ctx context.Context) (chord.Contact, error) {
	joined, err := c.Testnet.Join(ctx, 1)
	if err != nil {
		return chord.Contact{}, err
	}
	return joined[0], nil
}

func (c churned) Kill(context.Context) (chord.Contact, error) {
	killed, err := c.KillRandom(1, false, c.how)
	if err != nil {
		return chord.Contact{}, err
	}
	return killed.Peers[0], nil
}

func (c churned) Lookup(ctx context.Context, key []byte) (node.Route, error) {
	peer, err := c.Peer("")
	if err != nil {
		return node.Route{}, err
	}
	return peer.Lookup(ctx, key)
}

// While peers of a real ring join and die, lookups name the true owner or say
// that they do not know it yet. One of a thousand may fail: a joiner counts from
// the instant on at which the first peer has heard of it.
func TestLookupsAreRightUnderChurn(t *testing.T) {
	t.Parallel() // with those that wait for timeouts
	for name, how := range map[string]testnet.Death{"crash": testnet.Crash, "hang": testnet.Hang} {
		t.Run(name, func(t *testing.T) { testChurn(t, how) })
	}
}

func testChurn(t *testing.T, how testnet.Death) {
	ctx, cancel := context.WithTimeout(t.Context(), *churnFor+2*time.Minute)
	defer cancel()
	_, net := start(t, testnet.Config{Peers: *churnPeers, Transport: *churnNet})
	report, err := churn.Run(ctx, churned{net, how}, churn.Config{Joins: 1, Kills: 1, Lookups: 85, For: *churnFor})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", report)
	if bad := len(report.Wrong) + report.Unanswered; bad > max(1, report.Lookups/1000) {
		t.Errorf("%.2f %% of %d lookups were right, want 99.9 %%; wrong: %+v", 100*report.Share(), report.Lookups, report.Wrong)
	}
	if !report.WellFormed {
		t.Errorf("the ring is not well-formed %.1f s after the churn: %s", report.Healed, report.Problem)
	}
}
