package transport

import (
	"slices"
	"testing"

	"github.com/libp2p/go-libp2p/core/protocol"
)

// Whatever a peer finds out about another must not depend on how either was put
// together: what works on a testnet works between real peers.
func TestLeanHostIsLikeAFullOne(t *testing.T) {
	type look struct {
		security, muxer protocol.ID
		network, agent  string
		spoken          string
	}
	looks := map[string]look{}
	for _, from := range []string{"tcp", "full"} {
		for _, to := range []string{"tcp", "full"} {
			a, ra := open(t, networksUnderTest[from])
			b, rb := open(t, networksUnderTest[to])
			connect(t, a, b)
			exchange(t, a, b, rb, MaxSmall+1)
			exchange(t, b, a, ra, 1)
			id, state := b.host.ID(), a.preferred(b.host.ID()).ConnState()
			spoken, err := a.host.Peerstore().GetProtocols(id)
			if err != nil {
				t.Fatal(err)
			}
			slices.Sort(spoken)
			agent, err := a.host.Peerstore().Get(id, "AgentVersion")
			if err != nil {
				t.Fatal(err)
			}
			looks[from+" to "+to] = look{
				state.Security, state.StreamMultiplexer, state.Transport, agent.(string), joined(spoken),
			}
		}
	}
	want := looks["full to full"]
	for between, got := range looks {
		if got != want {
			t.Errorf("%s: got %+v, want %+v", between, got, want)
		}
	}
}

func joined(list []protocol.ID) (all string) {
	for _, p := range list {
		all += string(p) + " "
	}
	return all
}
