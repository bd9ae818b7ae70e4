package sim

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"peal/chord"
	"peal/node/replica"
)

// What clients are told is held to what the simulator knows; oracle.go says to what.

// must reports whether an operation that takes so many replicas is held to what was
// sure when it began.
func (s *Simulation) must(c *call, o *replica.Outcome, met int) bool {
	k := c.key
	return c.sure.version != (replica.Version{}) && k.sure.version.Compare(c.sure.version) >= 0 &&
		k.losses-c.sure.losses < c.sure.copies && met+c.sure.copies > max(c.sure.of, len(o.Wanted)) && s.meansOwners(k, o) && !s.outOfReach(k, c.sure.version)
}

// outOfReach reports whether all replicas of a key are newcomers, to a part of the ring,
// perhaps, that those who have a version of it do not belong to.
func (s *Simulation) outOfReach(k *key, v replica.Version) bool {
	took := func(p *peer) bool { return p.disk.since[k.name].Compare(v) >= 0 }
	return s.doubted && !slices.ContainsFunc(s.owners(k), took)
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
	s.judgeContent(p, c, o)
	if !o.Found && o.Record.Expires != 0 {
		s.data.tally.Expired++
	}
	met := min(cmp.Or(c.quorum, cfg.R), len(o.Wanted))
	if o.Found {
		defer s.assure(c, o, met)
	}
	if !s.must(c, o, met) {
		return
	}
	s.data.tally.ReadsHeld++
	if o.Record.Version.Compare(c.sure.version) < 0 && !s.forgets(c.key, o, c.sure.version) {
		s.breakRule("a read of %q through %v, begun at %v, shows version %v of %v: want the acknowledged %v or a newer one, which is on %v",
			c.key.name, p.self, time.Duration(c.began), o.Record.Version, o.Replicas, c.sure.version, s.holders(c.key, c.sure.version))
	}
}

// judgeContent compares what a read shows with what was written. Whether a key has
// expired its coordinator's clock decides, at some time while the read goes on.
func (s *Simulation) judgeContent(p *peer, c *call, o *replica.Outcome) {
	rec := &o.Record
	if rec.Version == (replica.Version{}) {
		if o.Found {
			s.breakRule("a read of %q through %v has found what has no version", c.key.name, p.self)
		}
		return
	}
	got := contentOf(rec)
	want := got // where no disk has it, since all who were to store it failed
	if stored, ok := c.key.contents[rec.Version]; ok {
		want = stored.content
	}
	switch {
	case got != want && !got.tombstoneOf(want):
		s.breakRule("a read of %q through %v shows version %v as %+v: want %+v", c.key.name, p.self, rec.Version, got, want)
	case o.Found && want.goneAt(s.dayAt(p, c.began)) || !o.Found && !want.goneAt(s.timeOfDay(p)):
		s.breakRule("a read of %q through %v says found %v of version %v, %+v, at %d", c.key.name, p.self, o.Found, rec.Version, want, millis(s.timeOfDay(p)))
	case o.Found:
		s.judgeValue(p, c.key, rec)
	}
}

// judgeValue holds a value to what was put under a key, and not declined. What some
// replicas had taken before another declined it is older than what that one had.
func (s *Simulation) judgeValue(p *peer, k *key, rec *replica.Record) {
	i, err := strconv.Atoi(string(rec.Value))
	if err != nil || i >= len(s.data.puts) || s.data.puts[i].key != k {
		s.breakRule("a read of %q through %v shows %q, which nobody wrote", k.name, p.self, rec.Value)
		return
	}
	if put := &s.data.puts[i]; put.declined && rec.Version.Compare(put.by) >= 0 {
		s.breakRule("a read of %q through %v shows %q in version %v, which was declined because of version %v", k.name, p.self, rec.Value, rec.Version, put.by)
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
	s.judgeExpiry(p, c, o)
	s.judgeCondition(p, c, o)
	if c.knownTo(o.Replicas) && k.losses == c.losses || s.must(c, o, min(cmp.Or(c.quorum, cfg.W), len(o.Wanted))) {
		s.data.tally.WritesHeld++
		if v.Compare(c.sure.version) <= 0 {
			s.breakRule("a write of %q through %v, begun at %v, has version %v: want a newer one than %v, which was acknowledged before",
				k.name, p.self, time.Duration(c.began), v, c.sure.version)
		}
	}
	s.owe(c, o)
}

// judgeExpiry holds an acknowledged write to the time to live that it was given. A
// touch leaves the version of the value alone.
func (s *Simulation) judgeExpiry(p *peer, c *call, o *replica.Outcome) {
	rec := &o.Record
	least, most := millis(s.dayAt(p, c.began).Add(c.ttl)), millis(s.timeOfDay(p).Add(c.ttl))
	switch {
	case (c.ttl == 0) != (rec.Expires == 0) || c.ttl > 0 && (rec.Expires < least || rec.Expires > most):
		s.breakRule("the %v of %q through %v for %v expires at %d: want %d to %d", c.kind, c.key.name, p.self, c.ttl, rec.Expires, least, most)
	case (c.kind == touchCall) != (rec.Version.Touched != replica.Stamp{}):
		s.breakRule("the %v of %q through %v has version %v, touched %v", c.kind, c.key.name, p.self, rec.Version, rec.Version.Touched)
	}
}

// judgeCondition holds a write whose condition was fulfilled to what was sure when it
// began. Nobody promises more. The replicas that it asked first are those that it names
// in the end if the ring was ideal all the time.
func (s *Simulation) judgeCondition(p *peer, c *call, o *replica.Outcome) {
	if c.condition == (replica.Condition{}) || !c.calm || s.lastFault >= c.began || !s.must(c, o, min(s.cfg.Data.Replica.R, len(o.Wanted))) {
		return
	}
	s.data.tally.ConditionsHeld++
	absent, stale := c.condition.Absent && c.key.mortal.Compare(c.sure.version) < 0, c.expects.Stamp.Compare(c.sure.version.Stamp) < 0
	if absent || !c.condition.Absent && stale {
		s.breakRule("a %v of %q through %v, begun at %v, on the condition %+v is acknowledged: want it declined because of the acknowledged %v",
			c.kind, c.key.name, p.self, time.Duration(c.began), c.condition, c.sure.version)
	}
}

// judgeDeclined notes a put that must not be seen, and holds a touch that found
// nothing to what was sure when it began.
func (s *Simulation) judgeDeclined(p *peer, c *call, o *replica.Outcome) {
	if c.kind == putCall {
		s.data.puts[c.number].declined, s.data.puts[c.number].by = true, o.Record.Version
	}
	if o.Error == replica.Missing && s.must(c, o, min(s.cfg.Data.Replica.R, len(o.Wanted))) && c.key.mortal.Compare(c.sure.version) < 0 {
		s.breakRule("a touch of %q through %v, begun at %v, finds nothing: want the acknowledged %v, which never expires, or a newer version",
			c.key.name, p.self, time.Duration(c.began), c.sure.version)
	}
}

// knownTo reports whether one of the replicas had what was sure when a write began.
func (c *call) knownTo(replicas []chord.Contact) bool {
	return slices.ContainsFunc(replicas, func(r chord.Contact) bool { return slices.Contains(c.knew, r) })
}
