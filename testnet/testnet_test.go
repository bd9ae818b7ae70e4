package testnet_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"peal/testnet"
)

func TestHundred(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	start := time.Now()
	net, err := testnet.Open(ctx, testnet.Config{Peers: 100, Transport: testnet.TCP}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer net.Close()
	t.Log("joined", time.Since(start))
	if err := net.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	var ms runtime.MemStats
	runtime.ReadMemStats(&ms)
	t.Log("settled", time.Since(start), ms.Sys>>20, ms.HeapAlloc>>20, runtime.NumGoroutine())
	for i := range 500 {
		p, _ := net.Peer("")
		c2, _ := context.WithTimeout(ctx, 5*time.Second)
		s0 := time.Now()
		if r, err := p.Put(c2, fmt.Append(nil, "k", i), make([]byte, 10000)); err != nil || time.Since(s0) > 300*time.Millisecond {
			t.Log(i, p.Self(), r, err, time.Since(s0))
			rt, err := p.Lookup(ctx, fmt.Append(nil, "k", i))
			t.Log(rt, err)
		}
	}
	t.Log("500 puts", time.Since(start))
	start = time.Now()
	net.KillRandom(20, false)
	for i := range 500 {
		p, _ := net.Peer("")
		if _, err := p.Get(ctx, fmt.Append(nil, "k", i)); err != nil {
			t.Error(err)
		}
	}
	t.Log("500 gets after kill", time.Since(start))
	if err := net.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	t.Log("settled", time.Since(start))
	start = time.Now()
	net.Join(ctx, 20)
	t.Log("joined", time.Since(start))
	if err := net.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	t.Log("settled", time.Since(start))
}
