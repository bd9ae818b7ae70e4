package replica

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// A schedule is a random history of a cluster: joins, kills of at most two
// neighbours between settled states, writes and reads while it is mending. With
// even seeds one message in twenty is lost; with odd ones none is, and then every
// read has to show the last acknowledged write.
type schedule struct {
	*cluster
	seed    uint64
	joined  int
	keys    []string
	history map[string][]attempt
}

// An attempt is a write, acknowledged or not.
type attempt struct {
	value   string
	deleted bool
	acked   bool
	version Version
}

const (
	schedules    = 300
	regularRound = 40 * time.Second
)

func TestRandomSchedules(t *testing.T) {
	for seed := range uint64(schedules) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			s := newSchedule(t, seed)
			defer s.tellReplay()
			for range 2 {
				s.settle()
				s.change()
				for range 8 {
					s.operate()
				}
			}
			s.finish()
		})
	}
}

func newSchedule(t *testing.T, seed uint64) *schedule {
	s := &schedule{cluster: newCluster(t, seed), seed: seed, keys: numbered("key", 5), history: map[string][]attempt{}}
	s.keys[0] = "\x00\xff"
	if seed%2 == 0 {
		s.loss = 0.05
	}
	for range 1 + s.rand.IntN(9) {
		s.joinOne()
	}
	return s
}

func (s *schedule) joinOne() {
	s.join(named(s.joined))
	s.joined++
}

// tellReplay tells how to see a failure again.
func (s *schedule) tellReplay() {
	if s.t.Failed() {
		s.t.Logf("replay: go test ./node/replica -run 'TestRandomSchedules/seed=%d$'", s.seed)
	}
}

// change kills up to two neighbours, though never all, and lets peers join.
func (s *schedule) change() {
	first := s.rand.IntN(len(s.peers))
	for range min(s.rand.IntN(3), len(s.peers)-1) {
		s.kill(s.peers[first%len(s.peers)])
	}
	for range s.rand.IntN(4) {
		s.joinOne()
	}
}

func (s *schedule) operate() {
	p := s.peers[s.rand.IntN(len(s.peers))]
	key := s.keys[s.rand.IntN(len(s.keys))]
	switch s.rand.IntN(4) {
	case 0:
		o := s.get(p, key)
		s.check(key, o)
		if s.loss == 0 {
			s.wantLast(key, o)
		}
	case 1:
		s.note(key, s.remove(p, key), "", true)
	default:
		value := fmt.Sprint(key, " number ", len(s.history[key]))
		s.note(key, s.put(p, key, value), value, false)
	}
	s.pass(time.Duration(s.rand.IntN(100)) * time.Millisecond)
}

func (s *schedule) note(key string, o Outcome, value string, deleted bool) {
	s.history[key] = append(s.history[key], attempt{value, deleted, o.Error == NoError, o.Record.Version})
}

// check says what is wrong with a read: it must not show what nobody wrote.
func (s *schedule) check(key string, o Outcome) {
	s.t.Helper()
	written := slices.ContainsFunc(s.history[key], func(a attempt) bool { return a.value == string(o.Record.Value) })
	if o.Found && !written {
		s.t.Errorf("%q is %q, which nobody wrote", key, o.Record.Value)
	}
}

// finish settles, and checks that the last acknowledged write of every key, or
// a later attempt, is what all peers see.
func (s *schedule) finish() {
	s.t.Helper()
	s.loss = 0
	s.pass(regularRound)
	s.settle()
	s.wantPlaced()
	for _, key := range s.keys {
		p := s.peers[s.rand.IntN(len(s.peers))]
		o := s.get(p, key)
		s.check(key, o)
		s.wantLast(key, o)
	}
}

func (s *schedule) wantLast(key string, o Outcome) {
	s.t.Helper()
	var last attempt
	for _, a := range s.history[key] {
		if a.acked && a.version.Compare(last.version) > 0 {
			last = a
		}
	}
	switch order := o.Record.Version.Compare(last.version); {
	case o.Error != NoError:
		s.t.Errorf("get %q ended with error %v", key, o.Error)
	case order < 0:
		s.t.Errorf("%q has version %v, want the acknowledged %v (%q) or a later one", key, o.Record.Version, last.version, last.value)
	case order == 0 && last.acked && (o.Found == last.deleted || string(o.Record.Value) != last.value):
		s.t.Errorf("%q is %q, found %v; want %q, deleted %v", key, o.Record.Value, o.Found, last.value, last.deleted)
	}
}

// The same seed gives the same history.
func TestSchedulesReplay(t *testing.T) {
	trace := func() string {
		s := newSchedule(t, 7)
		var b strings.Builder
		s.watch = func(m Message) { fmt.Fprintln(&b, s.now, m.Kind, m.From, m.To, m.Seq, len(m.Items), len(m.Records)) }
		s.settle()
		s.change()
		for range 8 {
			s.operate()
		}
		s.finish()
		return b.String()
	}
	if first, second := trace(), trace(); first != second {
		t.Error("two runs of one seed differ")
	}
}

// Clocks that differ, but by less than a minute, never make an acknowledged
// write lose against an earlier one.
func TestSkewedClocksKeepTheOrderOfWrites(t *testing.T) {
	for seed := range uint64(20) {
		c := newCluster(t, seed)
		for i := range 6 {
			c.join(named(i)).skew = time.Duration(rand.New(rand.NewPCG(seed, uint64(i))).Int64N(int64(40 * time.Second)))
		}
		c.settle()
		c.loss = 0.05
		last := ""
		for i := range 10 {
			value := fmt.Sprint(i)
			if o := c.put(c.peers[c.rand.IntN(6)], "key", value); o.Error == NoError {
				last = value
			}
		}
		c.settle()
		c.loss = 0
		c.wantGet(c.peers[0], "key", last)
	}
}
