package transport

import "sync/atomic"

// Stats counts since New, but for Connections, which is now.
type Stats struct {
	Sent          uint64 // messages written to a stream
	SentBytes     uint64 // with their frames
	Received      uint64 // messages delivered
	ReceivedBytes uint64 // of their bodies
	Dropped       uint64 // messages that found a full queue, a dead peer, or were too large
	Rejected      uint64 // streams closed for what they carried
	Connections   int
}

type counters struct {
	sent, sentBytes, received, receivedBytes, dropped, rejected atomic.Uint64
}

// Stats are the counters of the transport.
func (t *Transport) Stats() Stats {
	return Stats{
		Sent:          t.stats.sent.Load(),
		SentBytes:     t.stats.sentBytes.Load(),
		Received:      t.stats.received.Load(),
		ReceivedBytes: t.stats.receivedBytes.Load(),
		Dropped:       t.stats.dropped.Load(),
		Rejected:      t.stats.rejected.Load(),
		Connections:   len(t.swarm.Conns()),
	}
}

// Plus adds up the counts of two transports.
func (s Stats) Plus(o Stats) Stats {
	return Stats{
		Sent:          s.Sent + o.Sent,
		SentBytes:     s.SentBytes + o.SentBytes,
		Received:      s.Received + o.Received,
		ReceivedBytes: s.ReceivedBytes + o.ReceivedBytes,
		Dropped:       s.Dropped + o.Dropped,
		Rejected:      s.Rejected + o.Rejected,
		Connections:   s.Connections + o.Connections,
	}
}
