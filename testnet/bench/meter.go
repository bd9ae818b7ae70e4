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

// meterOf reads the meter of a testnet. With nil there is only the time: what a ring
// takes that runs elsewhere is not seen from here.
func meterOf(net *testnet.Testnet) func() meter {
	begin := time.Now()
	return func() meter {
		m := meter{wall: time.Since(begin)}
		if net != nil {
			stats := net.Stats()
			m.cpu, m.messages, m.bytes = usage.CPU(), stats.Sent, stats.SentBytes
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
