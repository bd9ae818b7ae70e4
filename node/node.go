package node

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"peal/chord"
	"peal/node/replica"
)

// A Node is one running peer. Its methods may be called from any goroutine.
type Node struct {
	cfg      Config
	self     chord.Contact
	started  time.Time
	inbox    *inbox
	closing  chan struct{}
	done     chan struct{}
	work     sync.WaitGroup // goroutines beside the event loop
	once     sync.Once      // closes
	joined   sync.Once      // closes members
	terms    atomic.Pointer[terms]
	refusal  chan error    // why a ring cannot be joined; has room for one
	frozen   chan Info     // gives the Info of a node that is paused
	absent   atomic.Int32  // peers of before this start, none of which answered at first
	rejoined atomic.Bool   // one of them was met since
	turns    chan struct{} // holds a token while somebody has the turn

	// What follows belongs to whoever has the turn.
	clock        wallClock
	timer        *time.Timer // has the event loop take a turn
	alarm        chord.Time  // when; it may turn out that there is nothing to do
	ring         *chord.Node
	data         *replica.Replica
	committing   bool   // the store is at work
	refused      string // why the store refused the last writes; empty if it took them
	repairPaused bool
	locating     map[chord.LookupID]uint64 // lookups of the data plane
	lookups      map[chord.LookupID]func(chord.Result)
	calls        map[replica.OpID]func(replica.Outcome, error)
	inquiries    map[uint64]inquiry
	met          map[chord.Contact]bool // it was told that they were met, and they were not lost since
	lastAsk      uint64
	sent         Traffic
	members      chan struct{} // closed once the node is a member, and known as one
}

// Open starts a peer. It returns when the peer is a member of a ring that others
// can find, or at the context's end; a ring of its own if nobody could be joined.
func Open(ctx context.Context, cfg Config) (*Node, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	n, err := prepare(cfg)
	if err == nil {
		err = cfg.Transport.Start((*receiver)(n))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the peer: %w", err), cfg.Transport.Close(), cfg.Store.Close())
	}
	go n.run()
	n.event(Event{Kind: Started})
	remembered := n.remembered()
	n.work.Go(func() { n.bootstrap(remembered) })
	n.work.Go(func() { n.remember(remembered) })
	n.work.Go(n.attend)
	if err := n.await(ctx); err != nil {
		n.Close()
		return nil, fmt.Errorf("join the ring: %w", err)
	}
	return n, nil
}

// await waits until the node is a member that others know.
func (n *Node) await(ctx context.Context) error {
	select {
	case <-n.members:
	case err := <-n.refusal:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-n.refusal: // it became a ring of its own
		return err
	default:
		return nil
	}
}

// prepare makes the cores and loads what the store holds.
func prepare(cfg Config) (*Node, error) {
	clock := newWallClock()
	noted, err := cfg.agreed()
	if err != nil {
		return nil, err
	}
	ringCfg, dataCfg := cfg.cores()
	presence, err := cfg.presence(clock.read())
	if err != nil {
		cfg.Logger.Warn("deletes of the time when this peer was away may be unknown to it", "error", err)
	}
	dataCfg.Presence = presence
	ring, err := chord.New(ringCfg)
	if err != nil {
		return nil, err
	}
	data, err := load(cfg, dataCfg, clock.read())
	if err != nil {
		return nil, err
	}
	data.Throttle(cfg.RepairRate, false)
	n := &Node{
		cfg: cfg, self: ringCfg.Self, started: time.Now(),
		inbox: newInbox(), closing: make(chan struct{}), done: make(chan struct{}), members: make(chan struct{}),
		turns: make(chan struct{}, 1), clock: clock, timer: time.NewTimer(0), ring: ring, data: data,
		locating:  map[chord.LookupID]uint64{},
		lookups:   map[chord.LookupID]func(chord.Result){},
		calls:     map[replica.OpID]func(replica.Outcome, error){},
		inquiries: map[uint64]inquiry{}, met: map[chord.Contact]bool{}, refusal: make(chan error, 1), frozen: make(chan Info),
	}
	n.terms.Store(&terms{Quorums: data.Quorums(), fixed: noted || cfg.Replica.Quorums != replica.Quorums{}})
	return n, nil
}

// load makes a replica of what the store holds. Whatever that is, it counts as
// a replica only after its first round with others, so a store that has lost
// something is no danger; but what it lacks now is no sign that it was deleted.
func load(cfg Config, dataCfg replica.Config, now chord.Time) (*replica.Replica, error) {
	for {
		data, err := replica.New(dataCfg)
		if err != nil {
			return nil, err
		}
		damage, err := cfg.Store.Each(data.Load)
		if err != nil || damage == "" {
			return data, err
		}
		cfg.Logger.Error(damage)
		if dataCfg.Presence.Until != 0 {
			dataCfg.Presence.Since = uint64(now) / uint64(time.Millisecond)
		}
	}
}

// Self is the peer's contact.
func (n *Node) Self() chord.Contact { return n.self }

// Addresses are the full multiaddrs that other peers can join by.
func (n *Node) Addresses() []string { return n.cfg.Transport.Addrs() }

// Close stops the peer at once, without a goodbye to the others. What was
// acknowledged is in the store.
func (n *Node) Close() error {
	var err error
	n.once.Do(func() {
		close(n.closing)
		<-n.done
		err = n.cfg.Transport.Close()
		n.work.Wait()
		if e := n.cfg.Store.Close(); err == nil {
			err = e
		}
	})
	return err
}

// Leave hands every record to those that will be its replicas, says goodbye to
// the neighbours, and closes the node. If the records could not all be handed
// over by the context's end, it leaves nevertheless and returns ErrQuorum; if it has
// records and sees nobody who could take them, ErrNoPeer.
func (n *Node) Leave(ctx context.Context) error {
	o, err := n.operate(ctx, func(now, deadline chord.Time) replica.OpID {
		return n.data.Leave(now, deadline)
	})
	switch o.Error {
	case replica.NoError:
	case replica.NoPeer:
		err = fmt.Errorf("%w: this peer sees nobody to hand over to; what is left in its store (records: %d) is there again when it is started", ErrNoPeer, o.Left)
	default:
		err = fmt.Errorf("%w: up to %d records could not be handed over to all of their replicas in time; they are still in this peer's store, and on those that it shared them with", ErrQuorum, o.Left)
	}
	n.sayGoodbye(ctx)
	if e := n.Close(); err == nil {
		err = e
	}
	return err
}

// sayGoodbye leaves the ring and waits until the neighbours have heard of it:
// messages arrive in order, so one that answers an inquiry has read the goodbye.
func (n *Node) sayGoodbye(ctx context.Context) {
	var told []chord.Contact
	err := n.do(func(chord.Time) {
		v := n.ring.Neighbourhood()
		told = slices.Concat(v.Succ, v.Preds)
		n.ring.Leave()
	})
	if err != nil {
		return
	}
	var wait sync.WaitGroup
	for _, c := range told {
		if !c.IsZero() {
			wait.Go(func() { n.inquire(ctx, c.Peer) })
		}
	}
	wait.Wait()
	n.event(Event{Kind: Left})
}

// event publishes what happened here.
func (n *Node) event(e Event) {
	e.Time, e.Peer = time.Now(), n.self
	n.cfg.Observer(e)
}
