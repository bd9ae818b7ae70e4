package sim

import (
	"time"

	"peal/chord"
	"peal/node/replica"
)

// A content is what a version of a key stands for: the same on every disk, and in
// every answer. Only an expired one loses its value, when the time has come on every
// clock.
type content struct {
	value   string
	deleted bool
	expires uint64 // milliseconds since 1970; 0: never
}

// A known content is one that some disk had.
type known struct {
	content
	since chord.Time
}

func contentOf(rec *replica.Record) content {
	return content{string(rec.Value), rec.Deleted, rec.Expires}
}

// goneAt reports whether there is no such key at a time of day.
func (c content) goneAt(day chord.Time) bool {
	return c.deleted || c.expires != 0 && millis(day) >= c.expires
}

// tombstoneOf reports whether c is what is left of an expired content.
func (c content) tombstoneOf(of content) bool {
	return c == content{deleted: true, expires: of.expires} && of.expires != 0
}

func millis(t chord.Time) uint64 { return uint64(t) / uint64(time.Millisecond) }

// store commits what a replica wants stored or dropped, and holds each record to what
// its version stands for.
func (s *Simulation) store(p *peer, r *replica.Ready) error {
	for i := range r.Writes {
		rec := &r.Writes[i]
		s.noteMortal(rec.Key, rec.Version, rec.Deleted || rec.Expires != 0)
	}
	if err := p.disk.commit(r.Writes, r.Drops); err != nil {
		return err
	}
	for i := range r.Writes {
		s.noteStored(p, &r.Writes[i])
	}
	for i := range r.Drops {
		s.logDrop(p, &r.Drops[i])
		s.noteDropped(p, &r.Drops[i])
	}
	return nil
}

// noteTold takes in the versions that a message tells of. One that is written anew before
// the disk gets to it is on none, and others may have seen it. So may its own coordinator,
// whose outcome tells of it.
func (s *Simulation) noteTold(m *replica.Message) {
	for i := range m.Items {
		it := &m.Items[i]
		s.noteMortal(it.Key, it.Version, it.Deleted || it.Expires != 0)
	}
	for i := range m.Records {
		s.noteRecord(&m.Records[i])
	}
}

func (s *Simulation) noteRecord(rec *replica.Record) {
	s.noteMortal(rec.Key, rec.Version, rec.Deleted || rec.Expires != 0)
}

func (s *Simulation) noteMortal(name string, v replica.Version, mortal bool) {
	if k := s.data.byName[name]; mortal && k != nil && v.Compare(k.mortal) > 0 {
		k.mortal = v
	}
}

func (s *Simulation) noteStored(p *peer, rec *replica.Record) {
	got := contentOf(rec)
	k := s.data.byName[rec.Key]
	want, seen := k.contents[rec.Version]
	switch {
	case !seen:
		k.contents[rec.Version] = known{got, s.now}
	case got == want.content:
	case !got.tombstoneOf(want.content):
		s.breakRule("%v stores %q in version %v as %+v: others have %+v", p.self, rec.Key, rec.Version, got, want.content)
	case millis(s.latestDay().Add(-replica.MaxSkew)) < want.expires:
		s.breakRule("%v drops the value of %q, version %v, less than %v after its time, by any clock", p.self, rec.Key, rec.Version, replica.MaxSkew)
	}
	s.noteApart(p, k)
	s.noteBack(k, rec.Version)
}
