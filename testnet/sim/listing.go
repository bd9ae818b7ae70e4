package sim

import (
	"strings"
	"time"

	"peal/chord"
	"peal/node/replica"
)

// In the end some members list the keys, all of them and some by a prefix, a page at a
// time.
const (
	listers   = 3
	listPage  = 7
	listTakes = time.Minute // at most, since it asks every peer in turn
)

var prefixes = [...]string{"", "key 1"}

// A listing is what the pages have shown so far.
type listing struct {
	prefix string
	after  *chord.ID
	items  []replica.Item
}

// listAll lists the keys through some members.
func (s *Simulation) listAll() error {
	s.data.readBy = s.now.Add(s.cfg.Data.SettleFor)
	through := s.members[:min(len(s.members), listers)]
	s.data.unread = len(through) * len(prefixes)
	for _, p := range through {
		for _, prefix := range prefixes {
			s.list(p, &listing{prefix: prefix}, s.now)
		}
	}
	return s.readOut()
}

// list asks for the next page.
func (s *Simulation) list(p *peer, l *listing, began chord.Time) {
	s.begin(p, &call{kind: listCall, listing: l, began: began})
}

// turnPage takes in a page, and judges the listing once it is whole.
func (s *Simulation) turnPage(p *peer, c *call, o *replica.Outcome) {
	l := c.listing
	switch {
	case o.Error != replica.NoError && s.now >= s.data.readBy:
		s.breakRule("in the end a listing of %q through %v still fails with error %d", l.prefix, p.self, o.Error)
	case o.Error != replica.NoError:
		s.after(time.Second, func() { s.list(p, l, c.began) })
	case len(o.Items) > listPage:
		s.breakRule("a page of a listing through %v has %d keys: want at most %d", p.self, len(o.Items), listPage)
	default:
		l.items, l.after = append(l.items, o.Items...), o.Next
		if o.Next != nil {
			s.list(p, l, c.began)
			return
		}
		s.data.unread--
		s.judgeListing(p, c)
	}
}

// judgeListing holds a listing to what the replicas have: every key with the prefix that
// is there all the time, once, and none that is not there at all.
func (s *Simulation) judgeListing(p *peer, c *call) {
	l, first, last := c.listing, s.dayAt(p, c.began), s.timeOfDay(p)
	s.data.tally.Listings++
	shown := make(map[string]replica.Version)
	for _, it := range l.items {
		if _, twice := shown[it.Key]; twice || s.data.byName[it.Key] == nil || !strings.HasPrefix(it.Key, l.prefix) {
			s.breakRule("a listing of %q through %v shows %q, which does not belong there, or twice", l.prefix, p.self, it.Key)
			return
		}
		shown[it.Key] = it.Version
	}
	for _, k := range s.data.keys {
		rec := best(s.owners(k), k)
		want := contentOf(&rec.Record)
		none := rec.Version == replica.Version{}
		got, listed := shown[k.name]
		switch {
		case !strings.HasPrefix(k.name, l.prefix):
		case listed && (none || want.goneAt(first) || got != rec.Version):
			s.breakRule("in the end a listing through %v shows %q in version %v: want %s", p.self, k.name, got, describe(rec))
		case !listed && !none && !want.goneAt(last):
			s.breakRule("in the end a listing of %q through %v lacks %q: want %s", l.prefix, p.self, k.name, describe(rec))
		}
	}
}

// readOut runs until all reads or listings in the end have succeeded.
func (s *Simulation) readOut() error {
	for {
		if err := s.runFor(time.Second); err != nil || s.data.unread == 0 {
			return err
		}
	}
}
