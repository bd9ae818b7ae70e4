package testnet

import (
	"github.com/libp2p/go-libp2p/core/host"

	"peal/transport"
)

// Stats sums up what the transports of the live peers have counted.
func (t *Testnet) Stats() transport.Stats {
	t.mu.Lock()
	defer t.mu.Unlock()
	var sum transport.Stats
	for _, l := range t.lines {
		if counting, ok := l.Transport.(interface{ Stats() transport.Stats }); ok {
			sum = sum.Plus(counting.Stats())
		}
	}
	return sum
}

// BareHost is a libp2p host like that of a peer of a testnet, on which nothing runs
// yet: to measure what its transport costs.
func BareHost(name string) (host.Host, error) {
	if err := validTransport(name); err != nil {
		return nil, err
	}
	return transport.NewHost(transport.Config{Listen: listenAddrs[name], Memory: name == Memory, Lean: true})
}
