package node

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"peal/chord"
	"peal/node/replica"
)

func contact(name string) chord.Contact { return chord.NewContact(chord.PeerID(name), 0) }

func sampleRecord() replica.Record {
	return replica.Record{
		Key: "\x00\xff/\xfe", Value: []byte{0, 255}, Deleted: true, Total: 1<<64 - 1,
		Version: replica.Version{Stamp: replica.Stamp{Wall: 1 << 63, Count: 1<<32 - 1, Writer: "\x12\x20\xff"}},
	}
}

// The peers at the two ends of the messages.
const self, other = "\x00\x24\x08\x01\xff", "other"

// envelopes has one of every kind, with all fields that the kind uses, and one
// that is as empty as it may be.
func envelopes() []envelope {
	self, other := contact(self), contact(other)
	list := []chord.Contact{{}, other, self}
	rec := sampleRecord()
	item := replica.Item{Key: rec.Key, Version: rec.Version, Size: 2, Deleted: true, Total: 1 << 63}
	arc := chord.Arc{From: self.ID, To: other.ID}
	sum := replica.Fingerprint{Hi: 1<<64 - 1, Lo: 1}
	all := []envelope{{Inquiry: 1<<64 - 1}, {Reply: 1, Info: []byte("{}")}}
	for kind := chord.Query; kind <= chord.Leaving; kind++ {
		all = append(all,
			envelope{Chord: &chord.Message{Kind: kind, From: self, To: other}},
			envelope{Chord: &chord.Message{Kind: kind, From: self, To: other, Member: true, Seq: 1 << 63, Target: other.ID, Done: true, Preds: list, Succ: list[1:], Closer: list[2:]}})
	}
	for kind := replica.Write; kind <= replica.Pulled; kind++ {
		all = append(all,
			envelope{Replica: &replica.Message{Kind: kind, From: self.Peer, To: other.Peer, Key: "k"}},
			envelope{Replica: &replica.Message{
				Kind: kind, From: self.Peer, To: other.Peer, Seq: 7, Key: rec.Key, Digest: true, Complete: true, Limit: 1000, Refused: replica.ClockAhead,
				Arc: arc, Records: []replica.Record{rec}, Items: []replica.Item{item}, Source: &arc,
				Ranges: []replica.Range{{Arc: arc, Count: 3, Sum: sum}, {Arc: arc, Listed: true, Items: []replica.Item{item}}},
				Bare:   true, Presence: replica.Presence{Since: 1, Until: 1 << 63}, Stale: true, Busy: true, Replaced: true, Barren: &arc, Strays: true,
				Guess: true, Stranger: true, Unheard: true, Beside: []chord.ID{self.ID, other.ID},
			}})
	}
	return all
}

func TestEnvelopesSurviveTheWire(t *testing.T) {
	for _, want := range envelopes() {
		b, err := encode(want)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := decode(b, self, other); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s became %s, error %v", show(want), show(got), err)
		}
	}
}

// What the simulator counts is what travels.
func TestSizesAreThoseOfTheWire(t *testing.T) {
	c := contact("\x00\x24\x08\x01\x12\x20" + strings.Repeat("k", 32))
	crowd := slices.Repeat([]chord.Contact{c}, 8)
	for _, m := range []chord.Message{
		{Kind: chord.Query, Member: true, Seq: 1 << 31, Agreed: 1 << 63},
		{Kind: chord.State, Member: true, Seq: 1 << 31, Same: true},
		{Kind: chord.State, Member: true, Seq: 1 << 31, Preds: crowd, Succ: crowd, Whole: true},
		{Kind: chord.Find, Member: true, Seq: 1 << 31, Target: c.ID},
		{Kind: chord.Found, Member: true, Seq: 1 << 31, Closer: crowd[:6], Succ: crowd},
		{Kind: chord.PingReq, Member: true, About: c},
		{Kind: chord.Doubted, Member: true, About: c},
	} {
		b, err := encode(envelope{Chord: &m})
		if err != nil {
			t.Fatal(err)
		}
		const frame = 8
		if got, want := m.Size(), len(b)+frame; got < want-6 || got > want+6 {
			t.Errorf("the size of a %v is said to be %d, it is %d", m.Kind, got, want)
		}
	}
}

func show(e envelope) string {
	b, _ := json.Marshal(e)
	return string(b)
}

// Positions are not taken on trust: they follow from the peer ID. Nor are names: a
// message is from whom it came.
func TestNobodyPicksAPosition(t *testing.T) {
	forged := contact("peer")
	forged.ID = chord.ID{1, 2, 3}
	b, err := encode(envelope{Chord: &chord.Message{Kind: chord.Ack, From: forged, To: forged, About: forged}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := decode(b, self, other)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]chord.Contact{{got.Chord.From, contact(self)}, {got.Chord.To, contact(other)}, {got.Chord.About, contact("peer")}} {
		if c[0] != c[1] {
			t.Errorf("%q at %v arrived, want %q at %v", c[0].Peer, c[0].ID, c[1].Peer, c[1].ID)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	good, err := encode(envelopes()[3])
	if err != nil {
		t.Fatal(err)
	}
	bad := map[string]envelope{
		"nothing":              {},
		"a reply to nothing":   {Reply: 1},
		"a reply too long":     {Reply: 1, Info: make([]byte, maxInfo+1)},
		"an unknown kind":      {Chord: &chord.Message{Kind: 99}},
		"a local kind":         {Chord: &chord.Message{Kind: chord.Unreachable}},
		"too many contacts":    {Chord: &chord.Message{Kind: chord.State, Succ: make([]chord.Contact, 65)}},
		"a local replica kind": {Replica: &replica.Message{Kind: replica.Unreachable}},
		"a record of no key":   {Replica: &replica.Message{Kind: replica.Write, Records: []replica.Record{{}}}},
	}
	for name, e := range bad {
		b, err := encode(e)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := decode(b, self, other); err == nil {
			t.Errorf("a message with %s is accepted", name)
		}
	}
	for cut := range good {
		if _, err := decode(good[:cut], self, other); err == nil {
			t.Errorf("the first %d of %d bytes are accepted", cut, len(good))
		}
	}
	if _, err := decode(append(good, 0), self, other); err == nil {
		t.Error("bytes behind the message are accepted")
	}
}

func TestInfoSurvivesTheWire(t *testing.T) {
	a, b := contact("\x00\x24\x08\x01\xff"), chord.NewContact("b", 3)
	want := Info{
		Contact: a, Ring: "peal", Addresses: []string{"/ip4/127.0.0.1/tcp/1/p2p/x"}, Member: true,
		Predecessor: b, Successors: []chord.Contact{b}, Fingers: []chord.Contact{b, a}, Known: 4, Keys: 5, Records: 6,
		Replicated: true, Started: time.Unix(1e9, 5).UTC(), Version: "v",
	}
	for _, want := range []Info{want, {Contact: a, Started: want.Started}} {
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got Info
		if err := json.Unmarshal(text, &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v became %+v, error %v", want, got, err)
		}
	}
}

// Whatever decodes is valid, and encodes to the same again.
func FuzzDecode(f *testing.F) {
	for _, e := range envelopes() {
		b, err := encode(e)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		first, err := decode(b, self, other)
		if err != nil {
			return
		}
		again, err := encode(first)
		if err != nil {
			t.Fatal(err)
		}
		if second, err := decode(again, self, other); err != nil || show(second) != show(first) {
			t.Errorf("%s became %s, error %v", show(first), show(second), err)
		}
	})
}
