package node_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"peal/node"
	"peal/node/replica"
)

func TestConflictNamesTheVersionOfTheKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newNetwork().ring(t, 5)[0]
		has := put(t, p, "key", "value").Version
		absent := node.WriteOptions{If: replica.Condition{Absent: true}}
		r, err := p.Put(t.Context(), []byte("key"), nil, absent)
		wantError(t, "put", err, node.ErrConflict)
		if r.Version != has || len(r.Replicas)+len(r.Owed) > 0 {
			t.Errorf("the receipt is %+v, want version %v alone", r, has)
		}
		if _, err := p.Delete(t.Context(), []byte("key"), node.WriteOptions{If: replica.Condition{Version: has.String()}}); err != nil {
			t.Errorf("delete: %v", err)
		}
		r, err = p.Touch(t.Context(), []byte("key"), node.WriteOptions{If: replica.Condition{Version: has.String()}})
		wantError(t, "touch of a deleted key", err, node.ErrConflict)
		if r.Version != (replica.Version{}) {
			t.Errorf("the receipt has version %v, want none", r.Version)
		}
	})
}

// Where too few replicas take a write, the receipt says who has it, and who holds
// it for whom.
func TestReceiptOfTooFewReplicas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := newNetwork()
		nodes := net.ring(t, 8)
		route, err := nodes[0].Lookup(t.Context(), []byte("key"))
		if err != nil {
			t.Fatal(err)
		}
		silent := route.Replicas[1].Peer
		client := nodes[slices.IndexFunc(nodes, func(p *node.Node) bool { return p.Self().Peer != silent })]
		net.deafen(silent, true)
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		r, err := client.Put(ctx, []byte("key"), nil, node.WriteOptions{W: node.All})
		wantError(t, "put", err, node.ErrQuorum)
		if len(r.Replicas) != 2 || len(r.Owed) != 1 || r.Owed[0].Peer != silent || r.Owed[0].Holder == nil {
			t.Errorf("the receipt is %+v, want two replicas, and the third owed and held for", r)
		}
		if want := "stored on 2 of 3 replicas"; !strings.Contains(err.Error(), want) {
			t.Errorf("%q, want %q in it", err, want)
		}
	})
}

func TestOptionsThatCannotBe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newNetwork().ring(t, 1)[0]
		for _, opt := range []node.WriteOptions{
			{W: 4}, {TTL: -1}, {TTL: time.Microsecond}, {TTL: node.MaxTTL + 1},
			{If: replica.Condition{Version: "latest"}},
			{If: replica.Condition{Version: "1.0-a", Absent: true}},
		} {
			_, err := p.Put(t.Context(), []byte("key"), nil, opt)
			wantError(t, "put", err, node.ErrInvalid)
		}
		_, err := p.Get(t.Context(), []byte("key"), node.ReadOptions{R: 4})
		wantError(t, "get", err, node.ErrInvalid)
		_, err = p.Delete(t.Context(), []byte("key"), node.WriteOptions{TTL: time.Second})
		wantError(t, "delete", err, node.ErrInvalid)
		_, err = p.Touch(t.Context(), []byte("key"), node.WriteOptions{})
		wantError(t, "touch of a missing key", err, node.ErrNotFound)
	})
}
