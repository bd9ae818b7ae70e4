package testnet

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"peal/chord"
	"peal/node"
)

// Pause stops peers as the operating system stops a process: their connections stay
// open, nothing answers, and their clocks go on. No request enters the ring at them.
// Those that are paused already stay so.
func (t *Testnet) Pause(which Choice) ([]chord.Contact, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	chosen, err := t.choose(which, t.awake())
	if err != nil {
		return nil, err
	}
	fresh := slices.DeleteFunc(slices.Clone(chosen), func(p Peer) bool { return t.paused[p] })
	if err := errors.Join(together(fresh, Peer.Pause)...); err != nil {
		together(fresh, Peer.Resume)
		return nil, fmt.Errorf("pause: %w", err)
	}
	for _, p := range fresh {
		t.paused[p] = true
	}
	t.happened(fresh, node.Paused)
	return contacts(chosen), nil
}

// Resume lets the named peers go on, and without names all that are paused.
func (t *Testnet) Resume(names []string) ([]chord.Contact, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	chosen, err := named(t.peers, names)
	if err != nil {
		return nil, err
	}
	runs := func(p Peer) bool { return !t.paused[p] }
	if i := slices.IndexFunc(chosen, runs); i >= 0 {
		return nil, fmt.Errorf("%w: the peer %v is not paused", node.ErrInvalid, chosen[i].Self())
	}
	if len(names) == 0 {
		chosen = slices.DeleteFunc(slices.Clone(t.peers), runs)
	}
	err = errors.Join(together(chosen, Peer.Resume)...)
	for _, p := range chosen {
		delete(t.paused, p)
	}
	t.happened(chosen, node.Resumed)
	return contacts(chosen), err
}

// awake are the live peers that are not paused.
func (t *Testnet) awake() []Peer {
	return slices.DeleteFunc(slices.Clone(t.peers), func(p Peer) bool { return t.paused[p] })
}

// happened tells what was done to peers.
func (t *Testnet) happened(peers []Peer, kind node.EventKind) {
	for _, p := range peers {
		t.cfg.Observer(node.Event{Time: time.Now(), Peer: p.Self(), Kind: kind})
	}
}

// tell tells what was done to the network.
func (t *Testnet) tell(format string, args ...any) {
	t.cfg.Observer(node.Event{Time: time.Now(), Kind: node.Fault, Text: fmt.Sprintf(format, args...)})
}
