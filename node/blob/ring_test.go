package blob_test

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"peal/node"
	"peal/node/blob"
	"peal/testnet"
)

// On a ring of real peers a large value is read whole from every peer, also after
// one died, and is gone with all its blocks when it is deleted.
func TestLargeValueOnARing(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	net, err := testnet.New(testnet.Config{Peers: 6, Transport: testnet.Memory})
	if err != nil {
		t.Fatal(err)
	}
	defer net.Close()
	if err := net.Start(ctx, nil); err != nil {
		t.Fatal(err)
	}
	if err := net.Settle(ctx); err != nil { // until then peers may not agree on who the replicas are
		t.Fatal(err)
	}
	value := make([]byte, 20<<20+1)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(value)
	key := []byte("large")
	if _, err := blob.Put(ctx, net.Live()[0], key, bytes.NewReader(value), node.WriteOptions{W: node.All}); err != nil {
		t.Fatal(err)
	}
	wantValue(ctx, t, net.Live()[5], key, value)
	if err := net.Live()[3].Kill(false); err != nil {
		t.Fatal(err)
	}
	wantValue(ctx, t, net.Live()[1], key, value)
	if _, err := blob.Delete(ctx, net.Live()[2], key, node.WriteOptions{}); err != nil {
		t.Error(err)
	}
	if _, err := blob.Get(ctx, net.Live()[1], key, node.ReadOptions{}); !errors.Is(err, node.ErrNotFound) {
		t.Errorf("after the delete: error %v, want that the key is gone", err)
	}
	page, err := net.Live()[1].Keys(ctx, []byte("\x00peal/"), "", 100)
	if err != nil || len(page.Keys) > 0 {
		t.Errorf("%d blocks are left, error %v; want none", len(page.Keys), err)
	}
}

func wantValue(ctx context.Context, t *testing.T, p testnet.Peer, key, want []byte) {
	t.Helper()
	v, err := blob.Get(ctx, p, key, node.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := v.Copy(ctx, &got); err != nil || !bytes.Equal(got.Bytes(), want) {
		t.Errorf("read %d bytes, error %v; want the %d that were put", got.Len(), err, len(want))
	}
}
