package transport

import (
	"errors"
	"slices"
	"sync"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
)

// maxProtocols bounds what one peer may claim to speak.
const maxProtocols = 128

var errTooManyProtocols = errors.New("the peer claims to speak too many protocols")

// A protoBook keeps what peers said that they speak. That of libp2p takes 40 KB
// before it knows anybody: it is made for thousands of connections.
type protoBook struct {
	mu     sync.Mutex
	spoken map[peer.ID][]protocol.ID
}

func (b *protoBook) GetProtocols(id peer.ID) ([]protocol.ID, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.spoken[id]), nil
}

func (b *protoBook) SetProtocols(id peer.ID, all ...protocol.ID) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.set(id, slices.Clone(all))
}

func (b *protoBook) AddProtocols(id peer.ID, more ...protocol.ID) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.set(id, slices.Concat(b.spoken[id], more))
}

func (b *protoBook) set(id peer.ID, list []protocol.ID) error {
	slices.Sort(list)
	if list = slices.Compact(list); len(list) > maxProtocols {
		return errTooManyProtocols
	}
	b.spoken[id] = list
	return nil
}

func (b *protoBook) RemoveProtocols(id peer.ID, gone ...protocol.ID) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.spoken[id] = slices.DeleteFunc(b.spoken[id], func(p protocol.ID) bool { return slices.Contains(gone, p) })
	return nil
}

// SupportsProtocols gives those of the wanted ones that a peer speaks.
func (b *protoBook) SupportsProtocols(id peer.ID, wanted ...protocol.ID) ([]protocol.ID, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	lacks := func(p protocol.ID) bool { return !slices.Contains(b.spoken[id], p) }
	return slices.DeleteFunc(slices.Clone(wanted), lacks), nil
}

// FirstSupportedProtocol is empty if the peer speaks none of the wanted ones.
func (b *protoBook) FirstSupportedProtocol(id peer.ID, wanted ...protocol.ID) (protocol.ID, error) {
	spoken, err := b.SupportsProtocols(id, wanted...)
	if err != nil || len(spoken) == 0 {
		return "", err
	}
	return spoken[0], nil
}

func (b *protoBook) RemovePeer(id peer.ID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.spoken, id)
}
