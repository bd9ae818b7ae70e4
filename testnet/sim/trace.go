package sim

import (
	"encoding/binary"

	"peal/chord"
)

// A trace is a running hash of all that happened: FNV-1a over words of 64 bits
// instead of bytes, which is enough to tell two runs apart, and fast.
type trace uint64

const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

func newTrace() trace { return fnvOffset }

func (t *trace) word(v uint64) { *t = (*t ^ trace(v)) * fnvPrime }

func (t *trace) contact(c chord.Contact) { t.word(binary.BigEndian.Uint64(c.ID[:])) }

func (t *trace) contacts(list []chord.Contact) {
	t.word(uint64(len(list)))
	for _, c := range list {
		t.contact(c)
	}
}

func (t *trace) flag(b bool) {
	if b {
		t.word(1)
	} else {
		t.word(0)
	}
}

func (t *trace) message(now chord.Time, m *chord.Message) {
	t.word(uint64(now))
	t.word(uint64(m.Kind))
	t.contact(m.From)
	t.contact(m.To)
	t.word(m.Seq)
	t.flag(m.Member)
	t.flag(m.Done)
	t.flag(m.Whole)
	t.contact(m.About)
	t.word(binary.BigEndian.Uint64(m.Target[:]))
	t.contacts(m.Preds)
	t.contacts(m.Succ)
	t.contacts(m.Closer)
}

func (t *trace) event(now chord.Time, self chord.Contact, e chord.Event) {
	t.word(uint64(now))
	t.contact(self)
	t.word(uint64(e.Kind))
	t.contact(e.About)
}

func (t *trace) result(now chord.Time, self chord.Contact, r *chord.Result) {
	t.word(uint64(now))
	t.contact(self)
	t.word(uint64(r.Lookup))
	t.contacts(r.Owners)
	for _, h := range r.Hops {
		t.contact(h.Contact)
		t.word(uint64(h.Took))
		t.flag(h.Failed)
	}
}
