package sim

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"peal/chord"
	"peal/node/replica"
)

// What may be asserted of the data, and when?
//
// The simulator sees every disk, so it need not guess whether a write could have
// survived. An acknowledged write is owed as long as a copy of it, or of a newer
// one, is sound on the disk of a peer that lives. If the last such copy goes in a
// crash or by a fault of a disk, nobody can be asked to give the record back: the
// key falls back to the newest version that is left, and is owed again what a disk
// has when its peer comes back with it. Damage is found out by reading only: where
// the disks of all N replicas have damaged theirs, a copy elsewhere does not count,
// for whoever holds it drops it when the N seem to have it. A peer that leaves may not
// take the last copy with it if it says that all is handed over, unless a crash or a
// disk took another one meanwhile, or an heir does not know yet that its own is
// damaged.
//
// Always asserted:
//   - An acknowledged write is acknowledged by as many replicas as it takes, and
//     each of them has had it, or a newer one, on its disk.
//   - A read shows only what somebody wrote under that key.
//
// Asserted in the end, when no fault is left, the ring is ideal, clients are done,
// every peer has had the time for a regular round since, and every replica says
// that it is replicated:
//   - Each key is on the first N members behind it, in one version and with one
//     content, and on no other disk.
//   - That version is the one owed, or newer. So a delete that was acknowledged is
//     still one, unless something newer was written.
//   - A read through any member shows just that.
//
// In between, a quorum promises more: a read that R replicas answer meets one of
// those that acknowledged a write, if both are more than N together. But that holds
// only while those who wrote and those who read mean the same replicas, and while
// these have not failed too often. So an acknowledged write is sure from the moment in which
//   - its coordinator meant the right replicas, which are the first N members, and W
//     of them or more acknowledged it; or
//   - the ring is ideal, and all N have it.
//
// It is sure no more once
//   - one of the N, alive, is given up by anybody: the ring may have been split, and
//     the parts may go on alone, each with what it has. Then only the second way makes
//     the key sure again;
//   - as many sound copies of its key are lost as acknowledged it: all may be gone.
//
// A read that begins when a write is sure, and whose own coordinator means the right
// replicas in the end, must show its version or a newer one. That some replicas are
// newcomers, which have not caught up yet, is no excuse.
//
// A write that begins when another is sure gets a newer version, however wrong the
// clocks are, if a replica that had the other acknowledges it, or so many as a read
// must be answered by to be held to it. [DataReport] counts the reads and writes that
// were held to this.

// A key is one that the clients use, and what is owed to them.
type key struct {
	name   string
	id     chord.ID
	acked  replica.Version // the newest acknowledged
	owed   replica.Version // must be there in the end, or something newer
	sure   assurance       // must be seen while the ring agrees
	losses int             // sound copies lost so far, in crashes and by faults of disks
	lostAt chord.Time      // the last of them
	left   replica.Version // on its replicas in the end

	doubted bool // one of its replicas was given up wrongly, and the ring has not been ideal since
}

// An assurance is a version that is sure.
type assurance struct {
	version replica.Version
	copies  int // replicas that had it then
	losses  int // of the key, before
}

// A written is what a client wrote, acknowledged or not.
type written struct {
	key     *key
	deleted bool
}

// A dataPlane is what the simulator knows of all data.
type dataPlane struct {
	clients   stream
	keys      []*key
	byName    map[string]*key
	writes    []written  // by number, which is their value
	waiting   int        // calls
	unread    int        // reads in the end still to come
	readBy    chord.Time // when they must have succeeded
	delivered [replica.Unreachable + 1]int
	tally     DataReport
}

func newDataPlane(cfg *Config) *dataPlane {
	if cfg.Data == nil {
		return nil
	}
	d := &dataPlane{clients: newStream(cfg.Seed, 4), byName: map[string]*key{}}
	for i := range cfg.Data.Keys {
		k := &key{name: fmt.Sprint("key ", i)}
		k.id = chord.KeyID([]byte(k.name))
		d.keys, d.byName[k.name] = append(d.keys, k), k
	}
	return d
}

// distrust makes nothing sure of the keys of a live peer that was given up.
func (s *Simulation) distrust(c chord.Contact) {
	if s.data == nil {
		return
	}
	for _, k := range s.data.keys {
		if slices.ContainsFunc(s.owners(k), func(p *peer) bool { return p.self == c }) {
			k.sure, k.doubted = assurance{}, true
		}
	}
}

// assureAll makes sure what all replicas of a key have while the ring is ideal.
func (s *Simulation) assureAll() {
	if s.astray > 0 {
		return
	}
	for _, k := range s.data.keys {
		owners := s.owners(k)
		lacks := func(p *peer) bool { return p.disk.version(k.name).Compare(k.owed) < 0 }
		if k.owed == (replica.Version{}) || slices.ContainsFunc(owners, lacks) {
			continue
		}
		k.sure, k.doubted = assurance{k.owed, len(owners), k.losses}, false
	}
}

// must reports whether an operation that takes so many replicas is held to what was
// sure when it began.
func (s *Simulation) must(c *call, o *replica.Outcome, met int) bool {
	k := c.key
	return c.sure.version != (replica.Version{}) && k.sure.version.Compare(c.sure.version) >= 0 &&
		k.losses-c.sure.losses < c.sure.copies && met+c.sure.copies > len(o.Wanted) && s.meansOwners(k, o)
}

// meansOwners reports whether an operation went to the replicas of its key.
func (s *Simulation) meansOwners(k *key, o *replica.Outcome) bool {
	owners := s.owners(k)
	for _, p := range owners {
		if !slices.Contains(o.Wanted, p.self) {
			return false
		}
	}
	return len(owners) == len(o.Wanted)
}

// judgeRead holds a read to what was sure when it began.
func (s *Simulation) judgeRead(p *peer, c *call, o *replica.Outcome) {
	cfg := &s.cfg.Data.Replica
	s.judgeContent(p, c.key, o)
	if !s.must(c, o, min(cmp.Or(c.quorum, cfg.R), len(o.Wanted))) {
		return
	}
	s.data.tally.ReadsHeld++
	if o.Record.Version.Compare(c.sure.version) < 0 {
		s.breakRule("a read of %q through %v, begun at %v, shows version %v of %v: want the acknowledged %v or a newer one, which is on %v",
			c.key.name, p.self, time.Duration(c.began), o.Record.Version, o.Replicas, c.sure.version, s.holders(c.key, c.sure.version))
	}
}

// judgeContent compares what a read shows with what was written.
func (s *Simulation) judgeContent(p *peer, k *key, o *replica.Outcome) {
	rec := &o.Record
	gone := rec.Deleted || rec.Version == (replica.Version{})
	i, err := strconv.Atoi(string(rec.Value))
	switch {
	case o.Found == gone:
		s.breakRule("a read of %q through %v says found %v of version %v, deleted %v", k.name, p.self, o.Found, rec.Version, rec.Deleted)
	case !gone && (err != nil || i >= len(s.data.writes) || s.data.writes[i] != written{k, false}):
		s.breakRule("a read of %q through %v shows %q, which nobody wrote", k.name, p.self, rec.Value)
	}
}

// judgeWrite holds an acknowledged write to what it says, and owes it from now on.
func (s *Simulation) judgeWrite(p *peer, c *call, o *replica.Outcome) {
	k, v, cfg := c.key, o.Record.Version, &s.cfg.Data.Replica
	if got, want := len(o.Replicas), min(cmp.Or(c.quorum, cfg.W), len(o.Wanted)); got < want {
		s.breakRule("the write of %q through %v is acknowledged by %v: want %d replicas", k.name, p.self, o.Replicas, want)
	}
	for _, r := range o.Replicas {
		by := s.peer(r.Peer)
		if by == nil {
			s.breakRule("the write of %q through %v is acknowledged by %v, who is nobody: %v", k.name, p.self, r, o.Replicas)
			return
		}
		if had := by.disk.wrote[k.name]; had.Compare(v) < 0 {
			s.breakRule("the write of %q through %v, version %v, is acknowledged by %v, whose disk had at most %v", k.name, p.self, v, r, had)
		}
	}
	if c.knownTo(o.Replicas) && k.losses == c.losses || s.must(c, o, min(cmp.Or(c.quorum, cfg.W), len(o.Wanted))) {
		s.data.tally.WritesHeld++
		if v.Compare(c.sure.version) <= 0 {
			s.breakRule("a write of %q through %v, begun at %v, has version %v: want a newer one than %v, which was acknowledged before",
				k.name, p.self, time.Duration(c.began), v, c.sure.version)
		}
	}
	s.owe(c, o)
}

// knownTo reports whether one of the replicas had what was sure when a write began.
func (c *call) knownTo(replicas []chord.Contact) bool {
	return slices.ContainsFunc(replicas, func(r chord.Contact) bool { return slices.Contains(c.knew, r) })
}

// contact of the peer of a name, or nobody.
func (s *Simulation) contact(name chord.PeerID) (c chord.Contact) {
	if p := s.peer(name); p != nil {
		c = p.self
	}
	return c
}

// breakRule ends the run with the first rule that is broken.
func (s *Simulation) breakRule(format string, args ...any) {
	if s.broken == nil {
		s.broken = fmt.Errorf(format, args...)
	}
}
