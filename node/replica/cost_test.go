package replica

import (
	"fmt"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"peal/chord"
)

// million is how many records the costs are measured with.
const million = 1_000_000

// wireBytes counts the bytes of all messages that are sent from now on, as package
// node encodes them.
func (c *cluster) wireBytes() *int {
	bytes := 0
	c.watch = func(m Message) { bytes += c.encoded(m) }
	return &bytes
}

// encoded is the length of a message or record as package node encodes it.
func (c *cluster) encoded(v any) int {
	encoding, err := cbor.EncOptions{String: cbor.StringToByteString}.EncMode()
	if err != nil {
		c.t.Fatal(err)
	}
	b, err := encoding.Marshal(v)
	if err != nil {
		c.t.Fatal(err)
	}
	return len(b)
}

// BenchmarkReconcileMillion reconciles two replicas of a million records, of which a
// hundred differ or none.
func BenchmarkReconcileMillion(b *testing.B) {
	for _, differ := range []int{0, 100} {
		b.Run(fmt.Sprint("differ=", differ), func(b *testing.B) {
			c, p, q := pair(b, 1)
			for i := range million {
				rec := Record{Key: fmt.Sprintf("a key of usual length, %07d", i), Version: stamped(c)}
				p.Load(rec.Item())
				q.Load(rec.Item())
			}
			b.ResetTimer()
			var bytes, messages int
			for b.Loop() {
				b.StopTimer()
				for i := range differ {
					holder := []*peer{p, q}[i%2]
					give(holder, Record{Key: fmt.Sprint(b.N, bytes, i), Value: make([]byte, 100), Version: stamped(c)})
				}
				clear(c.sent)
				sent := c.wireBytes()
				b.StartTimer()
				if end := c.reconcile(p, q, whole(), exchange); !end.ok || end.moved != differ {
					b.Fatalf("ended %+v, want success and %d records moved", end, differ)
				}
				bytes += *sent
				for _, n := range c.sent {
					messages += n
				}
			}
			b.ReportMetric(float64(bytes)/float64(b.N), "wire-B/op")
			b.ReportMetric(float64(messages)/float64(b.N), "messages/op")
		})
	}
}

func stamped(c *cluster) Version {
	return Version{Stamp: Stamp{Wall: millis(c.now), Writer: named(0).Peer}}
}

// BenchmarkJoin lets a peer join a ring of ten with a million records of 100 bytes,
// and compares what it moves with what it must hold afterwards.
func BenchmarkJoin(b *testing.B) {
	for b.Loop() {
		c := settledCluster(b, 10)
		value := make([]byte, 100)
		for i := range million {
			rec := Record{Key: fmt.Sprintf("a key of usual length, %07d", i), Value: value, Version: stamped(c)}
			for _, p := range c.replicas(rec.Key) {
				give(p, rec)
			}
		}
		c.settle()
		sent, start := c.wireBytes(), c.now
		newcomer := c.join(named(99))
		if !c.run(time.Hour, func() bool { return newcomer.place.complete != nil }) {
			b.Fatal("the newcomer does not catch up in an hour")
		}
		took := c.now.Sub(start)
		owned := 0
		for _, it := range newcomer.index.Items(chord.Arc{}, newcomer.Len()) {
			rec, _ := newcomer.load(it.Key)
			owned += c.encoded(rec)
		}
		b.ReportMetric(float64(*sent)/float64(owned), "wire/owned")
		b.ReportMetric(float64(newcomer.Len()), "records")
		b.ReportMetric(took.Seconds(), "virtual-s")
	}
}
