package bench

import (
	"time"

	"peal/testnet"
	"peal/testnet/usage"
)

// A meter is what has been used up to a moment, or between two.
type meter struct {
	wall     time.Duration // since the bench began
	cpu      time.Duration // of the whole process
	messages uint64        // that the ring's peers sent
	bytes    uint64        // of these
}

// meterOf reads the meter of a testnet; nil for none, whose messages nobody counts.
func meterOf(net *testnet.Testnet) func() meter {
	begin := time.Now()
	return func() meter {
		m := meter{wall: time.Since(begin), cpu: usage.CPU()}
		if net != nil {
			stats := net.Stats()
			m.messages, m.bytes = stats.Sent, stats.SentBytes
		}
		return m
	}
}

func (m meter) since(o meter) meter {
	return meter{m.wall - o.wall, m.cpu - o.cpu, m.messages - o.messages, m.bytes - o.bytes}
}

func (m meter) plus(o meter) meter {
	return meter{m.wall + o.wall, m.cpu + o.cpu, m.messages + o.messages, m.bytes + o.bytes}
}
