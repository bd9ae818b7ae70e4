package testnet

import (
	"context"
	"errors"
	"fmt"
	"time"

	"peal/chord"
	"peal/node"
)

// Restart crashes peers, and some time later starts them again, with the identities and
// the records that they had. It returns when they are members again. If the context ends
// before that, those that are not stay down.
func (t *Testnet) Restart(ctx context.Context, which Choice, down time.Duration) ([]chord.Contact, error) {
	var numbers []int
	victims, _, err := t.condemn(func(ring []Peer) ([]Peer, error) {
		chosen, err := t.choose(which, ring)
		for _, p := range chosen {
			numbers = append(numbers, t.numbers[p])
		}
		return chosen, err
	})
	if err == nil {
		err = errors.Join(together(victims, Peer.Crash)...)
		t.happened(victims, node.Killed)
	}
	if err != nil {
		return nil, fmt.Errorf("restart: %w", err)
	}
	select {
	case <-time.After(down):
	case <-ctx.Done():
		return nil, fmt.Errorf("the peers were down for less than %v, and stay so: %w", down, ctx.Err())
	}
	peers, err := t.start(ctx, numbers, nil)
	return contacts(peers), err
}
