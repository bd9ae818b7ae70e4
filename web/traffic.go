package web

import (
	"time"

	"peal/chord"
	"peal/node"
)

// meterEvery is how often the traffic is read at most, so that it alone makes few
// messages.
const meterEvery = time.Second

// A meter adds up what the peers of a ring send while it is watched. A peer counts from
// the second look at it on.
type meter struct {
	sum  node.Traffic
	last map[chord.PeerID]node.Traffic
	read time.Time
}

// take reads what the peers tell of themselves, at times, and gives the sum.
func (m *meter) take(infos []node.Info, now time.Time) node.Traffic {
	if now.Sub(m.read) < meterEvery {
		return m.sum
	}
	next := make(map[chord.PeerID]node.Traffic, len(infos))
	for _, i := range infos {
		if before, known := m.last[i.Peer]; known {
			m.sum = m.sum.Plus(i.Sent.Since(before))
		}
		next[i.Peer] = i.Sent
	}
	m.last, m.read = next, now
	return m.sum
}
