package testnet

import (
	"fmt"
	"math/rand/v2"
	"time"

	"peal/node"
	"peal/testnet/remote"
)

// longestDelay bounds how late an impaired network makes a message.
const longestDelay = time.Minute

// An Impairment is what a bad network does to the messages between peers.
type Impairment = remote.Impairment

func possible(i Impairment) error {
	share := func(x float64) bool { return x >= 0 && x <= 100 }
	switch {
	case !share(i.Drop) || !share(i.Delay):
		return fmt.Errorf("%w: drop %v %% and delay %v %% of the messages: want 0 to 100", node.ErrInvalid, i.Drop, i.Delay)
	case i.By < 0 || i.By > longestDelay:
		return fmt.Errorf("%w: a delay of %v: want %v at most", node.ErrInvalid, i.By, longestDelay)
	case i == (Impairment{}):
		return fmt.Errorf("%w: say which share of the messages to drop or to delay; to end that, heal the testnet", node.ErrInvalid)
	case (i.Delay > 0) != (i.By > 0):
		return fmt.Errorf("%w: a share of messages to delay and by how long go together", node.ErrInvalid)
	}
	return nil
}

// Impair makes the network bad until [Testnet.Heal], in place of the impairment before.
func (t *Testnet) Impair(i Impairment) error {
	if err := possible(i); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.impair(i)
	t.tell("the network loses %v %% of the messages, and delays %v %% by %v", i.Drop, i.Delay, i.By)
	return nil
}

// impair makes the network bad at all hosts.
func (t *Testnet) impair(i Impairment) {
	t.wear = i
	for _, h := range t.hosts {
		h.Impair(i)
	}
}

// befall says what happens to the next message; without an impairment nothing does.
func befall(i *Impairment) (late time.Duration, lost bool) {
	switch {
	case i == nil:
		return 0, false
	case 100*rand.Float64() < i.Drop:
		return 0, true
	case 100*rand.Float64() < i.Delay:
		return i.By, false
	}
	return 0, false
}
