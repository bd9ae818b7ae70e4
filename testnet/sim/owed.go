package sim

import (
	"slices"

	"peal/chord"
	"peal/node/replica"
)

// What is owed to the clients changes as copies come and go; oracle.go says how.

// owners are the peers that should hold a key.
func (s *Simulation) owners(k *key) []*peer {
	return s.ownersOf(k, everybody)
}

// ownersOf are the peers that would be the replicas of a key if there were only some members.
func (s *Simulation) ownersOf(k *key, there func(*peer) bool) []*peer {
	i, _ := s.place(k.id)
	owners := make([]*peer, 0, s.cfg.Data.Replica.N)
	for j := 0; j < len(s.members) && len(owners) < s.cfg.Data.Replica.N; j++ {
		if p := s.members[(i+j)%len(s.members)]; there(p) {
			owners = append(owners, p)
		}
	}
	return owners
}

// held is the newest version of a key that some peers have and can give back, if
// they live.
func held(k *key, peers []*peer) (v replica.Version) {
	for _, p := range peers {
		if p.node == nil || p.data == nil || p.left || p.data.returned {
			continue
		}
		if w := p.disk.version(k.name); w.Compare(v) > 0 {
			v = w
		}
	}
	return v
}

// lose notes that a copy of a key is gone, and reports whether those peers that
// count have no other one of what is owed.
func (s *Simulation) lose(k *key, counting []*peer) (last bool) {
	k.losses++
	k.lostAt = s.now
	return s.fallBack(k, counting)
}

// fallBack makes what is left of a key what is owed, and reports whether that is less
// than before.
func (s *Simulation) fallBack(k *key, counting []*peer) bool {
	v := held(k, counting)
	if v.Compare(k.owed) >= 0 || k.forgotten() {
		return false
	}
	k.owed, k.sure = v, assurance{}
	s.data.tally.Orphaned++
	return true
}

// loseAll notes that all that a peer held is gone, for now or for good.
func (s *Simulation) loseAll(p *peer) {
	if s.data == nil {
		return
	}
	for _, k := range s.data.keys {
		if p.disk.version(k.name) != (replica.Version{}) {
			s.lose(k, s.counting(k, k.owed))
		}
	}
}

// counting are the peers whose copies of a version count: all, or the key's replicas
// alone if every one of them seems to have it. So may those whom a part of the ring takes
// for the replicas.
func (s *Simulation) counting(k *key, v replica.Version) []*peer {
	owners := s.owners(k)
	lacks := func(p *peer) bool { return !p.seems(k, v) }
	if !slices.ContainsFunc(owners, lacks) || s.doubted && s.damagedOn(k, v) >= len(owners) {
		return owners
	}
	return s.peers
}

// damagedOn is how many peers only seem to have a version.
func (s *Simulation) damagedOn(k *key, v replica.Version) (n int) {
	for _, p := range s.peers {
		if p.seems(k, v) && p.disk.records[k.name].damaged {
			n++
		}
	}
	return n
}

// damagedAmong is how many of some replicas only seem to have what they say.
func (s *Simulation) damagedAmong(k *key, replicas []chord.Contact) (n int) {
	for _, c := range replicas {
		if s.peer(c.Peer).disk.records[k.name].damaged {
			n++
		}
	}
	return n
}

// regain notes that a peer is back with its disk: what is sound there of some keys is
// owed, if it counts.
func (s *Simulation) regain(p *peer, which func(*key) bool) {
	for _, k := range s.data.keys {
		if !which(k) {
			continue
		}
		v := p.disk.version(k.name)
		if v.Compare(k.acked) > 0 {
			v = k.acked
		}
		if v.Compare(k.owed) > 0 && v.Compare(k.collected) > 0 && slices.Contains(s.counting(k, v), p) {
			k.owed = v
		}
	}
}

// noteDeparture breaks the run if a peer that has handed over everything, as it
// says, leaves with the last copy of something.
func (s *Simulation) noteDeparture(p *peer, began chord.Time, well bool) {
	s.welcome()
	for _, k := range s.data.keys {
		v := p.disk.version(k.name)
		if v == (replica.Version{}) {
			continue
		}
		lostAt, owed, losses := k.lostAt, k.owed, k.losses
		last := s.lose(k, s.counting(k, k.owed))
		switch {
		case well && last && lostAt < began && !s.seems(k, owed) && !s.mayForget(k, owed) && !s.mayForget(k, v):
			s.breakRule("%v says that it has handed over everything, and leaves with the last copy of %q, version %v", p.self, k.name, owed)
		case well && !last:
			k.losses = losses // others have it instead
		}
	}
}

// noteUnknown makes nothing sure of the keys of a peer that is about to leave, if who
// becomes a replica in its place has been cut off from it all the time.
func (s *Simulation) noteUnknown(p *peer) {
	view := p.node.Neighbourhood()
	for _, k := range s.data.keys {
		owners := s.owners(k)
		if !slices.Contains(owners, p) || len(owners) == len(s.members) {
			continue
		}
		i, _ := s.place(k.id)
		next := s.members[(i+len(owners))%len(s.members)].self
		if !slices.Contains(view.Succ, next) {
			k.sure, k.doubted = assurance{}, true
		}
	}
}

// seems reports whether a peer lives, and may think that it has a version of a key, or
// a newer one, though that is damaged.
func (p *peer) seems(k *key, v replica.Version) bool {
	return p.node != nil && !p.left && p.disk.records[k.name].Version.Compare(v) >= 0
}

// seems reports whether some peer does.
func (s *Simulation) seems(k *key, v replica.Version) bool {
	return slices.ContainsFunc(s.peers, func(p *peer) bool { return p.seems(k, v) })
}

// owe notes an acknowledged write, unless all who had it are gone already.
func (s *Simulation) owe(c *call, o *replica.Outcome) {
	k, v := c.key, o.Record.Version
	if v.Compare(k.acked) > 0 {
		k.acked = v
	}
	if v.Compare(k.owed) <= 0 {
		return
	}
	if held(k, s.counting(k, v)).Compare(v) < 0 {
		s.data.tally.Orphaned++
		return
	}
	k.owed = v
	if len(o.Replicas) >= min(s.cfg.Data.Replica.W, len(o.Wanted)) {
		s.assure(c, o, len(o.Replicas))
	}
}

// assure makes sure what so many replicas have, as they say: some may only seem to.
func (s *Simulation) assure(c *call, o *replica.Outcome, copies int) {
	k, v := c.key, o.Record.Version
	if !k.doubted && v.Compare(k.sure.version) > 0 && s.meansOwners(k, o) {
		k.sure = assurance{v, copies - s.damagedAmong(k, o.Replicas), len(o.Wanted), c.losses}
	}
}

// holders are the live peers with a version of a key, or a newer one.
func (s *Simulation) holders(k *key, v replica.Version) (list []chord.Contact) {
	for _, p := range s.peers {
		if p.node != nil && !p.left && p.disk.version(k.name).Compare(v) >= 0 {
			list = append(list, p.self)
		}
	}
	return list
}
