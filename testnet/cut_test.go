package testnet_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"peal/chord"
	"peal/node"
	"peal/testnet"
)

// cut parts a testnet at random into sides of these sizes.
func cut(t *testing.T, net *testnet.Testnet, sizes []int) []side {
	t.Helper()
	live := net.Live()
	var parts [][]string
	for _, size := range sizes[1:] {
		var names []string
		for _, p := range live[:size] {
			names = append(names, p.Self().Peer.String())
		}
		parts, live = append(parts, names), live[size:]
	}
	members, err := net.Cut(parts...)
	if err != nil {
		t.Fatal(err)
	}
	sides := sidesOf(net, members)
	for i, s := range sides {
		if len(s) != sizes[i] {
			t.Fatalf("got %v, want sides of %v", members, sizes)
		}
	}
	return sides
}

// Whoever joins while a testnet is cut is on the side that was not named.
func TestNewcomersToACut(t *testing.T) {
	t.Parallel() // it waits for timeouts most of the time
	ctx, net := start(t, testnet.Config{Peers: 4, Transport: testnet.Memory})
	named := net.Live()[:3]
	sides := cut(t, net, []int{1, 3})
	if !slices.Equal(sides[1], named) {
		t.Fatalf("cut off %v, want %v", sides[1], named)
	}
	sides[0].mends(ctx, t) // a newcomer would wait for it just as long
	joined, err := net.Join(ctx, 2)
	if err != nil {
		t.Fatal(err)
	}
	rest := sidesOf(net, [][]chord.Contact{append(joined, sides[0][0].Self())})[0]
	rest.mends(ctx, t)
}

func TestCutRandom(t *testing.T) {
	_, net := start(t, testnet.Config{Peers: 5, Transport: testnet.Memory})
	for percent, want := range map[float64]int{0.1: 1, 30: 2, 60: 3, 99: 4} {
		parts, err := net.CutRandom(percent)
		if err != nil || len(parts) != 2 || len(parts[0]) != 5-want || len(parts[1]) != want {
			t.Errorf("%v %%: got %v, %v; want %d of 5 cut off", percent, parts, err, want)
		}
		if off := net.Network().CutOff; len(parts) != 2 || !slices.Equal(off, parts[1]) {
			t.Errorf("%v %%: %v are cut off, want the last of %v", percent, off, parts)
		}
	}
}

func TestBadCuts(t *testing.T) {
	_, net := start(t, testnet.Config{Peers: 2, Transport: testnet.Memory})
	one, other := net.Live()[0].Self().Peer.String(), net.Live()[1].Self().Peer.String()
	for _, parts := range [][][]string{{{}}, {{one}, {}}, {{"nobody"}}, {{one, other}}, {{one}, {one}}} {
		if got, err := net.Cut(parts...); !errors.Is(err, node.ErrInvalid) {
			t.Errorf("%v: got %v, %v; want %v", parts, got, err, node.ErrInvalid)
		}
	}
	for _, percent := range []float64{-1, 0, 100, math.NaN()} {
		if got, err := net.CutRandom(percent); !errors.Is(err, node.ErrInvalid) {
			t.Errorf("%v %%: got %v, %v; want %v", percent, got, err, node.ErrInvalid)
		}
	}
	if ended := net.Heal(); len(ended.CutOff) > 0 || ended.Drop > 0 {
		t.Errorf("of what is whole %+v was healed", ended)
	}
	if !net.Ring().WellFormed {
		t.Errorf("the ring has changed: %s", net.Ring().Problem)
	}
}
