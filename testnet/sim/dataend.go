package sim

import (
	"fmt"
	"slices"
	"time"

	"peal/chord"
	"peal/node/replica"
)

// settleData waits until all data is in its place, and then looks whether it is.
func (s *Simulation) settleData() error {
	if s.data == nil || s.cfg.SettleFor < 0 {
		return nil
	}
	cfg := s.cfg.Data
	least := s.now.Add(cfg.Deadline + cfg.Replica.RoundEvery*5/4 + 5*time.Second)
	limit := least.Add(cfg.SettleFor)
	for s.now < least || s.restless() != nil {
		if s.now >= limit {
			return fmt.Errorf("the data is not settled %v after the ring: %w", cfg.SettleFor, s.restless())
		}
		if err := s.runFor(time.Second); err != nil {
			return err
		}
	}
	s.welcome()
	if err := s.checkPlaces(); err != nil {
		return err
	}
	if err := s.readAll(); err != nil {
		return err
	}
	return s.listAll()
}

// restless says why the data is not settled.
func (s *Simulation) restless() error {
	if s.astray > 0 || len(s.members) < s.alive() {
		return s.unsettled()
	}
	if s.data.waiting > 0 {
		return fmt.Errorf("%d operations are under way", s.data.waiting)
	}
	for _, p := range s.members {
		if p.data.committing != nil {
			return fmt.Errorf("the disk of %v is at work", p.self)
		}
		if p.paused() || !p.data.replica.Replicated() {
			return fmt.Errorf("%v does not say that it is replicated; its last round: %q", p.self, p.data.replica.Repair().Reason)
		}
	}
	return nil
}

// checkPlaces looks at every disk: each key must be on its replicas, and nowhere
// else.
func (s *Simulation) checkPlaces() error {
	for _, k := range s.data.keys {
		owners := s.owners(k)
		want := best(owners, k)
		for _, p := range s.peers {
			rec, has := p.disk.records[k.name]
			owner := slices.Contains(owners, p)
			switch {
			case p.node == nil || rec.damaged:
			case has && !owner:
				return fmt.Errorf("%v holds %q, which belongs to %v", p.self, k.name, contactsOf(owners))
			case owner && !has && s.mayForget(k, want.Version):
			case owner && rec.Version != want.Version:
				return fmt.Errorf("%v holds %q as %s: want %s, as on another of %v", p.self, k.name, describe(rec), describe(want), contactsOf(owners))
			}
		}
		if want.Version.Compare(k.owed) < 0 && !(k.forgotten() && want.Version == replica.Version{}) {
			return fmt.Errorf("%v hold %q as %s: want the acknowledged version %v, or a newer one", contactsOf(owners), k.name, describe(want), k.owed)
		}
		k.left = want.Version
		if want.Version != (replica.Version{}) {
			s.data.tally.KeysChecked++
		}
	}
	return nil
}

// best is the newest sound copy of a key. What cannot be read does not count: a
// replica may not have noticed yet.
func best(owners []*peer, k *key) (newest stored) {
	for _, p := range owners {
		if v := p.disk.version(k.name); v.Compare(newest.Version) > 0 {
			newest = p.disk.records[k.name]
		}
	}
	return newest
}

func describe(rec stored) string {
	switch {
	case rec.Version == (replica.Version{}):
		return "nothing"
	case rec.Deleted:
		return fmt.Sprintf("version %v, deleted", rec.Version)
	}
	return fmt.Sprintf("version %v, %q", rec.Version, rec.Value)
}

func contactsOf(peers []*peer) []chord.Contact {
	list := make([]chord.Contact, len(peers))
	for i, p := range peers {
		list[i] = p.self
	}
	return list
}

// The keys are read so often in the end, at most, and through one peer after
// another.
const (
	maxLastReads   = 2000
	lastReadsPause = 100 * time.Millisecond
)

// readAll reads every key through every member, or, if that were too many, through
// some of them.
func (s *Simulation) readAll() error {
	through := slices.Clone(s.members)
	through = through[:max(1, min(len(through), maxLastReads/len(s.data.keys)))]
	s.data.readBy = s.now.Add(s.cfg.Data.SettleFor)
	s.data.unread = len(through) * len(s.data.keys)
	for i, p := range through {
		for _, k := range s.data.keys {
			s.after(time.Duration(i)*lastReadsPause, func() { s.readLast(p, k) })
		}
	}
	return s.readOut()
}

func (s *Simulation) readLast(p *peer, k *key) {
	s.begin(p, &call{kind: getCall, key: k, began: s.now, last: true})
}

// judgeLastRead holds a read in the end to what the replicas have. It may fail for a
// while, and is repeated: a replica that finds out only now that it cannot read a
// record must first fetch that from another, and where messages get lost for good
// the ring may be mending once more.
func (s *Simulation) judgeLastRead(p *peer, c *call, o *replica.Outcome) {
	switch {
	case o.Error == replica.NoError:
		s.data.tally.LastReads++
		s.data.unread--
		s.judgeContent(p, c, o)
		gone := c.key.left == replica.Version{} && !o.Found // a tombstone of what nobody could read
		if o.Record.Version != c.key.left && !gone && !s.forgets(c.key, o, c.key.left) {
			s.breakRule("in the end a read of %q through %v shows version %v: want %v", c.key.name, p.self, o.Record.Version, c.key.left)
		}
	case s.now >= s.data.readBy:
		s.breakRule("in the end a read of %q through %v still fails with error %d", c.key.name, p.self, o.Error)
	default:
		s.after(time.Second, func() { s.readLast(p, c.key) })
	}
}
