package testnet

import (
	"github.com/libp2p/go-libp2p/core/host"

	"peal/testnet/usage"
	"peal/transport"
)

// Stats sums up what the transports of the live peers have counted.
func (t *Testnet) Stats() transport.Stats {
	var sum transport.Stats
	for _, h := range t.hosts {
		sum = sum.Plus(h.Stats())
	}
	return sum
}

// Memory is how many bytes all its processes take.
func (t *Testnet) Memory() (sum int64) {
	if t.cfg.Processes > 1 {
		sum = usage.Memory()
	}
	for _, h := range t.hosts {
		sum += h.Memory()
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
