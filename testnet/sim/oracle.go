package sim

import (
	"fmt"
	"slices"

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
// disk took another one meanwhile, or a receiver does not know yet that its own is
// damaged.
//
// Always asserted:
//   - An acknowledged write is acknowledged by as many replicas as it takes, and
//     each of them has had it, or a newer one, on its disk.
//   - A read shows only what somebody wrote under that key.
//   - A version has one content, on whatever disk and in whatever answer. Only an
//     expired one loses its value, when the time has come on every clock.
//   - A value that was declined is not seen, in any version that is not older than the
//     one which it was declined for: some replicas may have taken it before.
//   - A read finds a key until its time is over by the coordinator's clock, and not
//     after. That is the time which the write or the touch set.
//
// Asserted in the end, when no fault is left, the ring is ideal, clients are done,
// every peer has had the time for a regular round since, and every replica says
// that it is replicated:
//   - Each key is on the first N members behind it, in one version and with one
//     content, and on no other disk.
//   - That version is the one owed, or newer. So a delete that was acknowledged is
//     still one, unless something newer was written.
//   - A read through any member shows just that.
//   - A listing shows every key that is there, once, and no other.
//
// In between, a quorum promises more: a read that R replicas answer meets one of
// those that acknowledged a write, if both are more together than there are replicas, and
// than there were for the write. But that holds only while those who wrote and those who read mean
// the same replicas, and while these have not failed too often. So an acknowledged write is
// sure from the moment in which
//   - its coordinator meant the right replicas, which are the first N members, and W
//     of them or more acknowledged it;
//   - a read has shown it, acknowledged or not, whose coordinator meant the right replicas:
//     R of them have it then, so that reads do not go back; or
//   - the ring is ideal, and all N have it.
//
// It is sure no more once
//   - one of the N, alive, is given up by anybody, or one that newcomers among the N cannot
//     do without: the ring may have been split, and the parts may go on alone, each with
//     what it has. Then only the second way makes the key sure again;
//   - one of the N leaves, and does not know of the peer that is a replica in its place;
//   - as many sound copies of its key are lost as acknowledged it: all may be gone.
//
// A read that begins when a write is sure, and whose own coordinator means the right
// replicas in the end, must show its version or a newer one. A touch and a conditional
// write, which read first, must mind it. That some replicas are newcomers, which have not
// caught up yet, is no excuse.
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
	mortal replica.Version // the newest that anybody was to store or told of, of those that are deletes, or expire
	sure   assurance       // must be seen while the ring agrees
	losses int             // sound copies lost so far, in crashes and by faults of disks
	lostAt chord.Time      // the last of them
	seen   replica.Version // the newest that a client has seen
	before replica.Version // the one that was the newest before it

	collected replica.Version       // the newest tombstone that some replica has collected
	failed    map[chord.PeerID]bool // replicas that crashed since then, or since all was in its place

	apart      bool            // parts of the ring may go on alone with it
	apartUntil chord.Time      // when they last did, unless they do
	left       replica.Version // on its replicas in the end

	contents map[replica.Version]known // of all versions that disks ever had

	doubted bool // one of its replicas was given up wrongly, and the ring has not been ideal since
}

// An assurance is a version that is sure.
type assurance struct {
	version replica.Version
	copies  int // replicas that had it then
	of      int // so many that there were
	losses  int // of the key, before
}

// A put is a new value. If it was declined, somebody had a certain version, or none,
// for which the condition does not hold.
type put struct {
	key      *key
	declined bool
	by       replica.Version
}

// A dataPlane is what the simulator knows of all data.
type dataPlane struct {
	clients stream
	keys    []*key
	byName  map[string]*key
	puts    []put      // by number, which is the value
	began   chord.Time // when clients did
	waiting int        // calls
	unread  int        // reads in the end still to come
	readBy  chord.Time // when they must have succeeded

	delivered [replica.Unreachable + 1]int
	tally     DataReport
}

func newDataPlane(cfg *Config) *dataPlane {
	if cfg.Data == nil {
		return nil
	}
	d := &dataPlane{clients: newStream(cfg.Seed, 4), byName: map[string]*key{}}
	for i := range cfg.Data.Keys {
		k := &key{name: fmt.Sprint("key ", i), contents: map[replica.Version]known{}, failed: map[chord.PeerID]bool{}}
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
	p := s.peer(c.Peer)
	for _, k := range s.data.keys {
		k.apart = k.apart || !p.paused() && p.disk.version(k.name) != replica.Version{}
		if slices.Contains(s.owners(k), p) || s.dependOn(k, p) {
			k.sure, k.doubted = assurance{}, true
			k.apart = k.apart || !p.paused()
			s.countFailure(k, p)
		}
	}
}

// dependOn reports whether newcomers that took a peer's place as a replica of a key need it:
// of those who were replicas before them too few others can say what was written.
func (s *Simulation) dependOn(k *key, p *peer) bool {
	before := s.ownersOf(k, func(q *peer) bool { return q.data.replica.Repair().Complete })
	others := 0
	for _, q := range before {
		if q != p && !q.paused() {
			others++
		}
	}
	cfg := &s.cfg.Data.Replica
	return slices.Contains(before, p) && others < cfg.N-cfg.W+1
}

// assureAll makes sure what all replicas of a key have while the ring is ideal.
func (s *Simulation) assureAll() {
	if s.astray > 0 {
		return
	}
	s.welcome()
	for _, k := range s.data.keys {
		owners := s.owners(k)
		if !slices.ContainsFunc(owners, func(p *peer) bool { return !p.data.replica.Repair().Settled }) {
			s.reunite(k)
		}
		lacks := func(p *peer) bool {
			v := p.disk.version(k.name)
			return v.Compare(k.owed) < 0 && !(k.forgotten() && v == replica.Version{})
		}
		if k.owed == (replica.Version{}) || slices.ContainsFunc(owners, lacks) {
			continue
		}
		k.sure, k.doubted = assurance{k.owed, len(owners), len(owners), k.losses}, false
	}
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
