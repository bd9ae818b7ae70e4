package churn

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"peal/chord"
	"peal/node"
)

// A fakeRing knows its members exactly, and answers as a test wants it to.
type fakeRing struct {
	mu      sync.Mutex
	members []chord.Contact // in any order
	joined  int
	lie     func(asked int) (chord.Contact, error) // nil: the truth
	asked   int
	broken  bool
	loses   func(change int) bool // the answer to a join or a kill, which was made
	changed int
	mute    bool // does not say who lives
}

var errLost = errors.New("no answer in time")

// answered is how a change ends that was made.
func (f *fakeRing) answered(ctx context.Context, c chord.Contact) (chord.Contact, error) {
	f.mu.Lock()
	f.changed++
	lost := f.loses != nil && f.loses(f.changed)
	f.mu.Unlock()
	if !lost {
		return c, nil
	}
	sleep(ctx, 3*time.Second)
	return chord.Contact{}, errLost
}

func (f *fakeRing) Peers(context.Context) (node.Ring, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.mute && f.changed > 0 {
		return node.Ring{}, errLost
	}
	ring := node.Ring{WellFormed: !f.broken}
	for _, c := range f.members {
		ring.Peers = append(ring.Peers, node.Info{Contact: c, Member: true})
	}
	return ring, nil
}

// Join takes 300 ms; the peer is a member after half of them.
func (f *fakeRing) Join(ctx context.Context) (chord.Contact, error) {
	sleep(ctx, 150*time.Millisecond)
	f.mu.Lock()
	f.joined++
	c := chord.NewContact(chord.PeerID(rune('a'+f.joined)), 0)
	f.members = append(f.members, c)
	f.mu.Unlock()
	sleep(ctx, 150*time.Millisecond)
	return f.answered(ctx, c)
}

// Kill takes the oldest, which is dead after 50 ms.
func (f *fakeRing) Kill(ctx context.Context) (chord.Contact, error) {
	sleep(ctx, 50*time.Millisecond)
	c, err := f.oldest()
	if err != nil {
		return c, err
	}
	return f.answered(ctx, c)
}

func (f *fakeRing) oldest() (chord.Contact, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.members) == 1 {
		return chord.Contact{}, errors.New("one has to stay")
	}
	c := f.members[0]
	f.members = f.members[1:]
	return c, nil
}

func (f *fakeRing) Lookup(_ context.Context, key []byte) (node.Route, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked++
	if f.lie != nil {
		c, err := f.lie(f.asked)
		return node.Route{Owner: c}, err
	}
	var h history
	for _, c := range f.members {
		h.add(c, always, always)
	}
	return node.Route{Owner: h.owner(chord.KeyID(key), 0)}, nil
}

// churned runs 20 s of churn on virtual time.
func churned(t *testing.T, f *fakeRing) Report {
	t.Helper()
	var report Report
	synctest.Test(t, func(t *testing.T) {
		for _, b := range []byte{0x10, 0x30, 0x50, 0x70, 0x90, 0xb0} {
			f.members = append(f.members, at(b))
		}
		var err error
		report, err = Run(t.Context(), f, Config{Joins: 1, Kills: 1, Lookups: 50, For: 20 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
	})
	return report
}

func TestTrueAnswersAreRight(t *testing.T) {
	got := churned(t, &fakeRing{})
	if got.Joins != 20 || got.Kills != 20 || got.Lookups != 1000 || got.Right != 1000 || got.Unsure != 0 {
		t.Errorf("got %+v, want 20 joins and kills and 1000 lookups, all right", got)
	}
	if !got.Passed() || got.Share() != 1 || got.Before != 6 || got.After != 6 {
		t.Errorf("got %+v, want it to pass with 6 peers", got)
	}
}

// A ring that goes on naming a peer after its death is found out.
func TestStaleAnswersAreWrong(t *testing.T) {
	got := churned(t, &fakeRing{lie: func(int) (chord.Contact, error) { return at(0x10), nil }})
	if got.Right == 0 || len(got.Wrong) < 900 || got.Right+len(got.Wrong) != 1000 || got.Passed() {
		t.Errorf("%d right and %d wrong, want nearly all of 1000 wrong", got.Right, len(got.Wrong))
	}
	last := got.Wrong[len(got.Wrong)-1]
	if last.Named != at(0x10) || last.Owner == at(0x10) || !strings.Contains(last.Why, "dead for") {
		t.Errorf("got %+v", last)
	}
}

// A change whose answer is lost was made all the same: true answers stay right,
// and a peer that it killed is dead.
func TestLostAnswersToChanges(t *testing.T) {
	third := func(change int) bool { return change%3 == 1 }
	got := churned(t, &fakeRing{loses: third})
	if lost := len(got.Refused); lost < 10 || got.Joins+got.Kills != 40-lost || got.Right != 1000 || !got.Passed() {
		t.Errorf("got %+v, want all answers right", got)
	}
	first := func(change int) bool { return change == 1 }
	stale := func(int) (chord.Contact, error) { return at(0x10), nil } // it dies first
	if got := churned(t, &fakeRing{loses: first, lie: stale}); len(got.Wrong) < 700 {
		t.Errorf("%d right and %d wrong, want most of 1000 wrong", got.Right, len(got.Wrong))
	}
}

// Nothing is reported that may be wrong.
func TestLostHistory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeRing{members: []chord.Contact{at(0x10), at(0x20)}, mute: true, loses: func(int) bool { return true }}
		if _, err := Run(t.Context(), f, Config{For: 2 * time.Second, Kills: 0.5}); !errors.Is(err, errLost) {
			t.Errorf("got %v, want %v", err, errLost)
		}
	})
}

// Who does not know is asked again; who never knows is given up.
func TestUnsureAnswersAreAskedAgain(t *testing.T) {
	unsure := errors.New("no idea")
	f := &fakeRing{}
	f.lie = func(asked int) (chord.Contact, error) {
		if asked > 30 {
			f.lie = nil
		}
		return chord.Contact{}, unsure
	}
	if got := churned(t, f); got.Unsure == 0 || got.Right != 1000 || !got.Passed() {
		t.Errorf("got %+v, want all right, some asked again", got)
	}
	never := &fakeRing{lie: func(int) (chord.Contact, error) { return chord.Contact{}, unsure }}
	if got := churned(t, never); got.Unanswered != 1000 || got.Right != 0 || got.Passed() {
		t.Errorf("got %+v, want none answered", got)
	}
}

// Who is told of the progress need not be safe for concurrent use, however long
// it takes.
func TestProgressIsToldInTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeRing{members: []chord.Contact{at(0x10)}}
		var running, calls atomic.Int32
		slow := func(Report) {
			if running.Add(1) > 1 {
				t.Error("it is told again while it still listens")
			}
			calls.Add(1)
			time.Sleep(2500 * time.Millisecond) // virtual
			running.Add(-1)
		}
		if _, err := Run(t.Context(), f, Config{For: 20 * time.Second, Progress: slow}); err != nil {
			t.Fatal(err)
		}
		if got := calls.Load(); got < 5 || running.Load() != 0 {
			t.Errorf("%d calls, %d of them still running; want 5 at least, and all over", got, running.Load())
		}
	})
}

func TestIllFormedRings(t *testing.T) {
	f := &fakeRing{broken: true}
	if _, err := Run(t.Context(), f, Config{For: time.Second}); !errors.Is(err, ErrIllFormed) {
		t.Errorf("got %v, want %v", err, ErrIllFormed)
	}
	if _, err := Run(t.Context(), f, Config{For: time.Second, Joins: -1}); err == nil {
		t.Error("a negative rate is no error")
	}
	synctest.Test(t, func(t *testing.T) {
		f := &fakeRing{members: []chord.Contact{at(0x10)}}
		time.AfterFunc(time.Second, func() { f.mu.Lock(); f.broken = true; f.mu.Unlock() })
		got, err := Run(t.Context(), f, Config{For: 2 * time.Second, Kills: 1})
		if err != nil || got.WellFormed || got.Passed() || got.Healed < 15 || len(got.Refused) != 2 {
			t.Errorf("got %+v, %v; want it ill-formed after 15 s, with 2 kills refused", got, err)
		}
	})
}

// Who is interrupted has what was found until then.
func TestInterruptedChurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeRing{members: []chord.Contact{at(0x10), at(0x20)}, loses: func(change int) bool { return change == 11 }}
		ctx, cancel := context.WithTimeout(t.Context(), 11*time.Second) // while it waits for the answer of a peer that has joined
		defer cancel()
		got, err := Run(ctx, f, Config{Joins: 1, Lookups: 500, For: time.Minute})
		if !errors.Is(err, context.DeadlineExceeded) || !got.Interrupted || got.Joins != 10 || got.Right < 4500 || len(got.Wrong) > 0 {
			t.Errorf("got %+v, %v; want 10 joins and 5000 right answers", got, err)
		}
		time.AfterFunc(time.Second, func() { f.mu.Lock(); f.broken = true; f.mu.Unlock() })
		ctx, cancel = context.WithTimeout(t.Context(), 5*time.Second) // while it waits for the ring
		defer cancel()
		if got, err := Run(ctx, f, Config{Lookups: 50, For: 2 * time.Second}); err == nil || !got.Interrupted || got.Right < 90 {
			t.Errorf("got %+v, %v; want what there was", got, err)
		}
	})
}

// A program that reads the report counts what is wrong.
func TestNothingWrongIsAnEmptyList(t *testing.T) {
	raw, err := json.Marshal(Report{Joins: 2})
	if err != nil || !strings.Contains(string(raw), `"wrong":[]`) || !strings.Contains(string(raw), `"joins":2`) {
		t.Errorf("got %s, %v", raw, err)
	}
}
