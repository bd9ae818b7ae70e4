package recording

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"peal/chord"
	"peal/node"
)

func contact(i int) chord.Contact { return chord.NewContact(chord.PeerID(fmt.Sprintf("peer%d", i)), 0) }

func at(seconds int) time.Time { return SimulatedStart.Add(time.Duration(seconds) * time.Second) }

func info(i int, successors ...int) node.Info {
	v := node.Info{Contact: contact(i), Member: true, Replicated: true, Known: 1, Successors: []chord.Contact{}, Fingers: []chord.Contact{contact(9)}}
	for _, s := range successors {
		v.Successors = append(v.Successors, contact(s))
	}
	return v
}

// hops are those of the one lookup in what is written.
var hops = []node.Hop{{Contact: contact(1), Millis: 12.5, Why: "closest", After: 1, Others: []node.Other{{Contact: contact(3), Why: "farther"}}}}

// written is a recording of four peers that join a second apart, of which one is
// killed in the sixth second, and one paused in the fourth.
func written(t testing.TB, events int) []byte {
	t.Helper()
	var file bytes.Buffer
	w := NewWriter(&file, Header{Source: Simulator, Ring: "bells", Start: SimulatedStart, Seed: 7})
	for i := range 4 {
		w.View(at(i), info(i, i+1, i+2))
		w.Event(node.Event{Time: at(i), Peer: contact(i), Kind: node.Joined})
	}
	paused := info(0, 3)
	paused.Paused = true
	w.View(at(4), paused)
	w.View(at(4), paused) // nothing new
	route := node.Route{Owner: contact(2), Hops: hops}
	w.Event(node.Event{Time: at(5), Peer: contact(0), Kind: node.LookedUp, Count: 1, Route: &route})
	w.Gone(at(6), contact(2))
	w.Event(node.Event{Time: at(6), Peer: contact(2), Kind: node.Killed})
	for i := range events {
		w.View(at(7+i), info(0, 1+i%3))
		w.Event(node.Event{Time: at(7 + i), Peer: contact(0), Kind: node.Successor, About: contact(1 + i%3)})
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func load(t testing.TB, file []byte) *Recording {
	t.Helper()
	r, err := Load(bytes.NewReader(file))
	if err != nil {
		t.Fatalf("%v in\n%.2000s", err, file)
	}
	return r
}

func TestRoundTrip(t *testing.T) {
	r := load(t, written(t, 0))
	if h := r.Header; h.Ring != "bells" || h.Seed != 7 || h.Source != Simulator || !h.Start.Equal(SimulatedStart) || r.Cut {
		t.Errorf("header %+v, cut %v", h, r.Cut)
	}
	if got := r.Length(); got != 6*time.Second {
		t.Errorf("length %v, want 6s", got)
	}
	if got := len(r.Events()); got != 6 || r.Peers() != 4 {
		t.Errorf("%d events of %d peers, want 6 of 4", got, r.Peers())
	}
	if e := r.Events()[4]; e.Route == nil || !reflect.DeepEqual(e.Route.Hops, hops) || e.Route.Owner != contact(2) {
		t.Errorf("the lookup reads %+v", e)
	}
	c := newCursor(r)
	c.moveTo(len(r.entries))
	got := map[chord.Contact][]chord.Contact{}
	for _, v := range c.ring().Peers {
		got[v.Contact] = v.Successors
		if !v.Member || v.Paused != (v.Contact == contact(0)) || !v.Replicated || v.Known != 1 || len(v.Fingers) != 1 || v.Fingers[0] != contact(9) || v.Ring != "bells" {
			t.Errorf("%+v, want what was written", v)
		}
	}
	want := map[chord.Contact][]chord.Contact{
		contact(0): {contact(3)}, contact(1): {contact(2), contact(3)}, contact(3): {contact(4), contact(5)},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("at the end the peers have %v, want %v", got, want)
	}
}

// TestEveryMomentFromEverywhere goes from every place to every other.
func TestEveryMomentFromEverywhere(t *testing.T) {
	r := load(t, written(t, 3000))
	if len(r.frames) < 4 {
		t.Fatalf("%d frames for %d entries, want some", len(r.frames), len(r.entries))
	}
	played := newCursor(r)
	for next := range r.entries {
		if next%97 == 0 {
			jumped := newCursor(r)
			jumped.moveTo((next * 31) % len(r.entries))
			jumped.moveTo(next)
			if !reflect.DeepEqual(jumped.frame, played.frame) {
				t.Fatalf("entry %d: jumped to %+v, played to %+v", next, jumped.frame, played.frame)
			}
		}
		played.advance()
	}
}

// TestWholeRingIsWritten counts the lines after each look at a ring, which has
// none if nothing is new.
func TestWholeRingIsWritten(t *testing.T) {
	var file bytes.Buffer
	w := NewWriter(&file, Header{Source: Testnet, Start: at(0)})
	whole := node.Ring{Peers: []node.Info{info(1, 2), info(2, 1)}, WellFormed: true}
	for second, look := range []struct {
		ring  node.Ring
		lines int
	}{
		{whole, 1 + 3}, // a header, two views and the ring
		{whole, 1 + 3},
		{node.Ring{Peers: []node.Info{info(1)}, Problem: "a gap"}, 1 + 3 + 3},
	} {
		w.Ring(at(second), look.ring)
		w.Flush()
		if got := bytes.Count(file.Bytes(), []byte("\n")); got != look.lines {
			t.Errorf("%d lines after %d s, want %d:\n%s", got, second, look.lines, &file)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r := load(t, file.Bytes())
	c := newCursor(r)
	c.moveTo(r.behind(time.Second))
	if ring := c.ring(); len(ring.Peers) != 2 || !ring.WellFormed || ring.Problem != "" {
		t.Errorf("after 1 s the ring is %+v", ring)
	}
	c.moveTo(len(r.entries))
	if ring := c.ring(); len(ring.Peers) != 1 || ring.WellFormed || ring.Problem != "a gap" {
		t.Errorf("at the end the ring is %+v", ring)
	}
}

func TestCutFile(t *testing.T) {
	file := written(t, 0)
	for _, lost := range []int{1, 2, 40} {
		r := load(t, file[:len(file)-lost])
		if got := len(r.Events()); r.Cut != (lost > 1) || got != 6 && lost == 1 || got != 5 && lost > 1 {
			t.Errorf("%d bytes lost: cut %v with %d events", lost, r.Cut, got)
		}
	}
}

func TestRefused(t *testing.T) {
	file := string(written(t, 0))
	header, rest, _ := strings.Cut(file, "\n")
	for name, c := range map[string]struct {
		file string
		want error
		says string
	}{
		"empty":         {"", ErrNotRecording, "first line"},
		"not JSON":      {"hello\n", ErrNotRecording, "first line"},
		"other JSON":    {`{"time":"1970-01-01T00:00:00Z"}`, ErrNotRecording, "first line"},
		"newer":         {strings.Replace(file, `"peal_recording":1`, `"peal_recording":2,"start":5`, 1), ErrNewer, "2"},
		"damaged start": {strings.Replace(file, "1970-", "9999-", 1), ErrDamaged, "9999"},
		"damaged line":  {strings.Replace(file, `"kind":"view"`, `"kind:"view"`, 1), ErrDamaged, "line 2"},
		"stranger":      {header + "\n" + `{"kind":"view","peer":{"peer":"2g"},"view":{"succ":["0123456789abcdef"]}}` + "\n", ErrDamaged, "line 2"},
		"long line":     {header + "\n" + strings.Repeat(" ", longestLine) + "\n" + rest, ErrDamaged, "line 2"},
		"far future":    {header + "\n" + `{"time":"2970-01-01T00:00:00Z","kind":"joined"}` + "\n", ErrDamaged, "line 2"},
		"no kind":       {header + "\n{}\n", ErrDamaged, "line 2"},
	} {
		_, err := Load(strings.NewReader(c.file))
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want %v with %q in one line", name, err, c.want, c.says)
		}
	}
}

// What a file takes in memory is bounded by what it has, as short lines and
// lists take far more than their bytes.
func TestTooMuchToKeep(t *testing.T) {
	const most = 100
	header := `{"peal_recording":1,"start":"1970-01-01T00:00:00Z"}` + "\n"
	lines := func(n int, format string) string {
		var text strings.Builder
		for i := range n {
			fmt.Fprintf(&text, format+"\n", contact(i).Peer)
		}
		return text.String()
	}
	for name, c := range map[string]struct {
		fits, file string
	}{
		"lines":    {lines(most-1, `{"kind":"x","text":"%s"}`), lines(most, `{"kind":"x","text":"%s"}`)},
		"peers":    {lines(most/2-1, `{"kind":"gone","peer":{"peer":"%s"}}`), lines(most/2, `{"kind":"gone","peer":{"peer":"%s"}}`)},
		"hops":     {lines(24, `{"kind":"x","text":"%s","route":{"hops":[{},{},{}]}}`), lines(25, `{"kind":"x","text":"%s","route":{"hops":[{},{},{}]}}`)},
		"others":   {lines(24, `{"kind":"x","text":"%s","route":{"hops":[{"others":[{},{}]}]}}`), lines(25, `{"kind":"x","text":"%s","route":{"hops":[{"others":[{},{}]}]}}`)},
		"replicas": {lines(33, `{"kind":"x","text":"%s","route":{"replicas":[{},{}]}}`), lines(34, `{"kind":"x","text":"%s","route":{"replicas":[{},{}]}}`)},
	} {
		if _, err := loadUpTo(most, strings.NewReader(header+c.fits)); err != nil {
			t.Errorf("%s that fit: %v", name, err)
		}
		_, err := loadUpTo(most, strings.NewReader(header+c.file))
		if !errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), "record a shorter time") || strings.Contains(err.Error(), "\n") {
			t.Errorf("too many %s: got %v, want %v and what to do in one line", name, err, ErrTooLarge)
		}
	}
}

// TestFullFile writes until there is no more room. What is written can be read,
// and says at its end that the rest is missing.
func TestFullFile(t *testing.T) {
	const most = 300
	lookup := node.Route{Hops: make([]node.Hop, 2*longestPath), Replicas: make([]chord.Contact, 3)}
	for name, bound := range map[string]func(w *Writer){
		"things": func(w *Writer) { w.most = most - 1 },
		"bytes":  func(w *Writer) { w.room = 45_000 },
	} {
		var file bytes.Buffer
		w := NewWriter(&file, Header{Source: Peer, Start: SimulatedStart})
		bound(w)
		for i := 0; i < most && w.Err() == nil; i++ {
			w.Ring(at(i), node.Ring{Peers: []node.Info{info(i, i+1)}})
			w.Event(node.Event{Time: at(i), Kind: node.LookedUp, Route: &lookup})
		}
		w.Event(node.Event{Time: at(most), Kind: node.Joined})
		w.View(at(most), info(most))
		if err := w.Close(); !errors.Is(err, ErrFull) {
			t.Errorf("%s: got %v, want %v", name, err, ErrFull)
		}
		r, err := loadUpTo(most, bytes.NewReader(file.Bytes()))
		if err != nil || r.Cut {
			t.Fatalf("%s: %v, or cut", name, err)
		}
		if last := r.Events()[len(r.Events())-1]; last.Kind != Missed || last.Text == "" || len(r.Events()) < 3 {
			t.Errorf("%s: %d events, the last %+v; want some, and that the rest is missing", name, len(r.Events()), last)
		}
		if name == "bytes" && (file.Len() < 30_000 || file.Len() > 45_000+2*lastLine) {
			t.Errorf("%d bytes, want 45000 or a line less", file.Len())
		}
	}
}

// A brokenDisk takes nothing.
type brokenDisk struct{}

var errDisk = errors.New("no space left")

func (brokenDisk) Write([]byte) (int, error) { return 0, errDisk }

// What goes wrong is known as soon as it is written out, not only in the end.
func TestFullDisk(t *testing.T) {
	w := NewWriter(brokenDisk{}, Header{Source: Peer, Start: SimulatedStart})
	w.Event(node.Event{Time: at(1), Kind: node.Joined})
	w.Flush()
	if err := w.Err(); !errors.Is(err, errDisk) {
		t.Errorf("got %v, want %v", err, errDisk)
	}
}

// The memory of what a list has too much is given back.
func TestLongListsAreShortened(t *testing.T) {
	list := make([]node.Hop, 1000)
	if got := shortened(list, longestPath); len(got) != longestPath || cap(got) > 2*longestPath {
		t.Errorf("%d hops in the memory of %d, want %d", len(got), cap(got), longestPath)
	}
}

func TestPositionsAreComputed(t *testing.T) {
	file := `{"peal_recording":1,"start":"1970-01-01T00:00:00Z"}
{"time":"1970-01-01T00:00:00Z","kind":"joined","peer":{"id":"` + strings.Repeat("00", 32) + `","peer":"2g"}}
`
	r := load(t, []byte(file))
	if got, want := r.Events()[0].Peer, chord.NewContact("a", 0); got != want {
		t.Errorf("the peer is %+v, want %+v", got, want)
	}
}

// Of the peers that were not asked at a hop some are kept, where they really are.
func TestOthersAreTidied(t *testing.T) {
	others := strings.Repeat(`,{"id":"`+strings.Repeat("00", 32)+`","peer":"2g","why":"farther"}`, 2*mostOthers)[1:]
	r := load(t, []byte(`{"peal_recording":1,"start":"1970-01-01T00:00:00Z"}`+"\n"+`{"kind":"lookup","route":{"hops":[{"others":[`+others+`]}]}}`+"\n"))
	got := r.Events()[0].Route.Hops[0].Others
	if want := (node.Other{Contact: chord.NewContact("a", 0), Why: "farther"}); len(got) != mostOthers || got[0] != want {
		t.Errorf("%d others, the first %+v; want %d like %+v", len(got), got[0], mostOthers, want)
	}
}

func TestMarks(t *testing.T) {
	var file bytes.Buffer
	w := NewWriter(&file, Header{Source: Simulator, Start: SimulatedStart})
	for i := range 10_000 {
		w.Event(node.Event{Time: at(i), Peer: contact(1), Kind: node.Killed})
		w.Event(node.Event{Time: at(i), Kind: node.Joined})
	}
	w.Event(node.Event{Time: at(10_000), Kind: Violation, Text: "two rings"})
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	marks := load(t, file.Bytes()).Marks()
	killed := 0
	for _, m := range marks {
		if m.Kind == node.Killed {
			killed += m.Count
		}
	}
	last := marks[len(marks)-1]
	if len(marks) > marksOfAKind+2 || killed != 10_000 || last.Kind != Violation || last.At != 10_000 || last.Text != "two rings" {
		t.Errorf("%d marks with %d kills, the last %+v", len(marks), killed, last)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(written(f, 3))
	f.Add([]byte(`{"peal_recording":1,"start":"1970-01-01T00:00:00Z"}` + "\n" + `{"kind":"gone"}` + "\n" + `{"kind":"ring","ring":{}}` + "\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := Load(bytes.NewReader(file))
		if err != nil {
			return
		}
		p := NewPlayer(r, func(node.Event) {}, func() time.Time { return SimulatedStart })
		for _, n := range []int{1, -1, 5, -2} {
			if _, err := p.Steer(Steering{Step: &n}); err != nil {
				t.Fatal(err)
			}
			p.Look()
		}
		r.Marks()
	})
}
