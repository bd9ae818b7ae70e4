package transport

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"testing"

	"peal/chord"
)

// An echo is a Receiver that answers every message with its body.
type echo struct {
	recorder
	t *Transport
}

func (e *echo) Deliver(from chord.PeerID, body []byte) error {
	e.t.Send(from, bytes.Clone(body), nil)
	return nil
}

// BenchmarkEcho measures requests with one and with 64 in flight, and a bare TCP
// connection beside them to compare within the run.
func BenchmarkEcho(b *testing.B) {
	for _, name := range []string{"tcp", "quic", "memory"} {
		b.Run(name+"/1", func(b *testing.B) { benchmarkEcho(b, networksUnderTest[name], 128, 1) })
		b.Run(name+"/64", func(b *testing.B) { benchmarkEcho(b, networksUnderTest[name], 128, 64) })
	}
	b.Run("tcp/bulk", func(b *testing.B) { benchmarkEcho(b, networksUnderTest["tcp"], 1<<20, 4) })
	b.Run("memory/bulk", func(b *testing.B) { benchmarkEcho(b, networksUnderTest["memory"], 1<<20, 4) })
	b.Run("bare/1", func(b *testing.B) { benchmarkBare(b, 1) })
	b.Run("bare/64", func(b *testing.B) { benchmarkBare(b, 64) })
}

func benchmarkEcho(b *testing.B, cfg Config, size, inFlight int) {
	server, err := New(cfg)
	if err != nil {
		b.Fatal(err)
	}
	defer server.Close()
	if err := server.Start(&echo{t: server}); err != nil {
		b.Fatal(err)
	}
	client, r := open(b, cfg)
	connect(b, client, server)
	body := make([]byte, size)
	b.SetBytes(int64(size))
	b.ResetTimer()
	for i := range b.N + inFlight {
		if i >= inFlight {
			<-r.delivered
		}
		if i < b.N {
			client.Send(server.Self(), body, nil)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
}

// benchmarkBare is a length-prefixed echo over TCP with a write for each
// message, and nothing else.
func benchmarkBare(b *testing.B, inFlight int) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err == nil {
			_, _ = io.Copy(struct{ io.Writer }{c}, struct{ io.Reader }{c})
		}
	}()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	body := binary.BigEndian.AppendUint32(nil, 128)
	body = append(body, make([]byte, 128)...)
	b.ResetTimer()
	for i := range b.N + inFlight {
		if i >= inFlight {
			if _, err := io.ReadFull(c, body); err != nil {
				b.Fatal(err)
			}
		}
		if i < b.N {
			if _, err := c.Write(body); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
}
