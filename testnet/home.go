package testnet

import (
	"fmt"
	"path/filepath"

	"github.com/libp2p/go-libp2p/core/crypto"

	"peal/node"
	"peal/node/store"
	"peal/transport"
)

// A home is what a peer finds again when it is restarted: its identity and its records.
type home struct {
	dir   string // of both, with a data directory
	key   crypto.PrivKey
	store *store.Mem
}

// home is that of the peer of a number, and whether it had one before: what it remembers
// of the others may then lead nowhere.
func (l *local) home(number int) (h *home, again bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if h, again = l.homes[number]; again {
		return h, true
	}
	h = &home{}
	if l.cfg.DataDir != "" {
		h.dir = filepath.Join(l.cfg.DataDir, fmt.Sprintf("peer-%04d", number))
	}
	if l.homes == nil {
		l.homes = map[int]*home{}
	}
	l.homes[number] = h
	return h, false
}

// open opens the store, and sets the identity.
func (h *home) open(ways *transport.Config) (node.Store, error) {
	if h.dir != "" {
		ways.KeyFile = filepath.Join(h.dir, "identity.key")
		return store.Open(filepath.Join(h.dir, "store"))
	}
	if h.key == nil {
		key, err := transport.NewKey()
		if err != nil {
			return nil, err
		}
		h.key, h.store = key, store.Memory()
	}
	ways.Key = h.key
	return h.store, nil
}
