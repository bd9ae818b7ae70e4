package web

import (
	"testing"
	"time"

	"peal/node"
)

// What peers sent counts from the second look at them on, also after a restart.
func TestMeter(t *testing.T) {
	var m meter
	at := time.Now()
	for i, look := range []struct {
		sent map[int]uint64 // of each peer
		want uint64
	}{
		{map[int]uint64{0: 1000, 1: 2000}, 0},
		{map[int]uint64{0: 1010, 1: 2005}, 15},
		{map[int]uint64{0: 1011, 2: 500}, 16},
		{map[int]uint64{0: 7, 2: 503}, 26}, // the first was restarted
	} {
		var infos []node.Info
		for peer, sent := range look.sent {
			infos = append(infos, node.Info{Contact: contact(peer), Sent: node.Traffic{Repair: sent}})
		}
		at = at.Add(meterEvery)
		if got := m.take(infos, at); got != (node.Traffic{Repair: look.want}) {
			t.Errorf("look %d: got %+v, want %d", i, got, look.want)
		}
		if got := m.take(nil, at.Add(meterEvery/2)); got.Repair != look.want {
			t.Errorf("a look right behind it: got %+v, want %d still", got, look.want)
		}
	}
}
