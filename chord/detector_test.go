package chord

import (
	"slices"
	"testing"
	"time"
)

// chatter ticks a node until a time; the given peers talk to it all the while,
// but never answer.
func chatter(n *Node, until Time, peers ...byte) {
	for n.Deadline() < until {
		now := n.Deadline()
		n.Tick(now)
		for _, from := range ats(peers...) {
			n.Step(now, Message{Kind: Find, From: from, To: n.Self(), Member: true, Target: from.ID})
		}
	}
}

// A contact that we heard from since the question is not given up for silence:
// question or answer got lost.
func TestLifeIsMoreThanAnswers(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	chatter(n, Time(8*time.Second), 0x20, 0xf0)
	wantSucc(t, n, 0x20, 0x30, 0x40)
	wantPred(t, n, at(0xf0))
}

// One that never answers cannot be stabilized with: our messages do not reach it.
func TestTalkIsNoAnswerForEver(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	chatter(n, Time(time.Minute), 0x20)
	if got := n.Neighbourhood().Succ; slices.Contains(got, at(0x20)) {
		t.Errorf("the successors are %v after a minute without an answer of %v", got, at(0x20))
	}
}

// suspected is a member of a ring of five whose successor 20 has just failed to
// answer a first request, with the probes sent for it.
func suspected(t *testing.T) (n *Node, now Time, probes []Message) {
	t.Helper()
	n = member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	for now < Time(10*time.Second) {
		now = n.Deadline()
		n.Tick(now)
		r := n.Ready()
		for _, m := range r.Messages {
			switch {
			case m.Kind == PingReq && m.About == at(0x20):
				probes = append(probes, m)
			case m.Kind == Query && m.To != at(0x20):
				answer(n, now, m, nil, ats(0x10))
			}
		}
		if len(probes) > 0 {
			return n, now, probes
		}
	}
	t.Fatal("no suspicion within 10 s")
	return
}

func TestSuspicionAsksOthers(t *testing.T) {
	_, _, probes := suspected(t)
	var asked []Contact
	for _, m := range probes {
		asked = append(asked, m.To)
	}
	slices.SortFunc(asked, func(a, b Contact) int { return a.ID.Compare(b.ID) })
	if want := ats(0x30, 0x40, 0xf0); !slices.Equal(asked, want) {
		t.Errorf("asked %v whether the suspect lives, want %v", asked, want)
	}
}

// As long as others can reach the suspect, it is not given up.
func TestAckSaves(t *testing.T) {
	n, now, probes := suspected(t)
	for now < Time(8*time.Second) {
		n.Step(now, Message{Kind: Ack, From: probes[0].To, To: n.Self(), Member: true, About: at(0x20)})
		now = n.Deadline()
		n.Tick(now)
	}
	wantSucc(t, n, 0x20, 0x30, 0x40)
}

func TestSilenceOfAllIsDeath(t *testing.T) {
	n, now, _ := suspected(t)
	for n.Deadline() < now.Add(6*time.Second) {
		n.Tick(n.Deadline())
	}
	if got := n.Neighbourhood().Succ; slices.Contains(got, at(0x20)) {
		t.Errorf("the successors are %v 6 s after a suspicion that nobody denied", got)
	}
}

// A member that is asked about one of its contacts asks it, and passes on that
// it lives.
func TestPingReq(t *testing.T) {
	n := member(t, 0x30, 0x20, 0x40, 0x50)
	ask := Message{Kind: PingReq, From: at(0x10), To: n.Self(), Member: true, About: at(0x20)}
	n.Step(0, ask)
	n.Step(0, ask)
	query := onlySent(t, n, Query, 0x20)
	answer(n, 1, query, ats(0x10), ats(0x30))
	if got := onlySent(t, n, Ack, 0x10); got.About != at(0x20) {
		t.Errorf("vouched for %v, want %v", got.About, at(0x20))
	}
}

// Nobody makes us talk to strangers.
func TestPingReqAboutStrangers(t *testing.T) {
	n := member(t, 0x30, 0x20, 0x40, 0x50)
	for _, about := range append(ats(0x77), Contact{}, n.Self()) {
		n.Step(0, Message{Kind: PingReq, From: at(0x10), To: n.Self(), Member: true, About: about})
	}
	if sent := n.Ready().Messages; len(sent) > 0 {
		t.Errorf("sent %v to %v for the sake of a stranger", sent[0].Kind, sent[0].To)
	}
}

// One peer's questions leave room for those of others.
func TestPingReqsOfOnePeer(t *testing.T) {
	n := member(t, 0x30, 0x20, 0x40, 0x50)
	for _, c := range crowd(2 * maxVouches) {
		n.cache.add(0, c)
		n.Step(0, Message{Kind: PingReq, From: at(0x77), To: n.Self(), Member: true, About: c})
	}
	n.Ready()
	n.Step(0, Message{Kind: PingReq, From: at(0x10), To: n.Self(), Member: true, About: at(0x20)})
	onlySent(t, n, Query, 0x20)
}

// beat lets a contact be heard from at times, in seconds.
func beat(r *rhythm, from Time, every time.Duration, times int) Time {
	for range times {
		from = from.Add(every)
		r.observe(from)
	}
	return from
}

// The silence that is still usual follows the longest of late, and forgets it.
func TestRhythm(t *testing.T) {
	r := rhythm{mean: time.Second, dev: time.Second / 4}
	now := beat(&r, 0, time.Second, 20)
	if at := now.Add(2 * time.Second); at.Sub(r.last) >= r.longest() {
		t.Error("2 s of silence are unusual in a rhythm of 1 s")
	}
	if at := now.Add(4 * time.Second); at.Sub(r.last) < r.longest() {
		t.Error("4 s of silence are usual in a rhythm of 1 s")
	}
	now = beat(&r, now, 5*time.Second, 1)
	if at := now.Add(6 * time.Second); at.Sub(r.last) >= r.longest() {
		t.Error("6 s of silence are unusual right after one of 5 s")
	}
	now = beat(&r, now, time.Second, 4000)
	if at := now.Add(4 * time.Second); at.Sub(r.last) < r.longest() {
		t.Error("4 s of silence are usual 4000 beats after one of 5 s")
	}
	now = beat(&r, now, time.Hour, 1)
	if at := now.Add(4 * time.Second); at.Sub(r.last) < r.longest() {
		t.Error("an absence of an hour changed the rhythm")
	}
}

// A node that was stopped finds its requests overdue, but the answers in its mail.
func TestSleeperGivesNobodyUp(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	n.Tick(n.Deadline())
	query := onlySent(t, n, Query, 0x20)
	now := n.Deadline().Add(time.Hour)
	n.Tick(now)
	answer(n, now, onlySent(t, n, Query, 0x20), ats(0x10), ats(0x30, 0x40))
	answer(n, now, query, ats(0x10), ats(0x30, 0x40))
	silence(n, now.Add(400*time.Millisecond))
	wantSucc(t, n, 0x20, 0x30, 0x40)
	if e := n.Ready().Events; slices.ContainsFunc(e, func(e Event) bool { return e.Kind == Dead }) {
		t.Errorf("events %v after an hour of sleep, want no verdict", e)
	}
}

// A node that often stands still finds its neighbours' silence as soon unusual as
// any other.
func TestStandstillIsNoRhythm(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	now := Time(0)
	for i := range 100 {
		due := n.Deadline()
		if now = due; i%10 == 9 {
			now = due.Add(5 * time.Second)
			for _, from := range ats(0x20, 0xf0, 0x20, 0xf0) { // mail may come before the timers
				n.Step(now, Message{Kind: Find, From: from, To: n.Self(), Member: true, Target: from.ID})
			}
		}
		n.Tick(now)
		for _, m := range n.Ready().Messages {
			if m.Kind == Query {
				n.Step(now, Message{Kind: State, From: m.To, To: m.From, Member: true, Seq: m.Seq, Same: true})
			}
		}
	}
	for _, b := range []byte{0x20, 0xf0} {
		if n.usualFor(now.Add(2*time.Second), at(b)) == 0 || n.usualFor(now.Add(6*time.Second), at(b)) > 0 {
			t.Errorf("%v: want a silence of 2 s to be usual, and one of 6 s not", at(b))
		}
	}
}

// However long round trips were, and however often a neighbour was asked in vain, a
// request is over after MaxTimeout.
func TestPatienceEnds(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	n.cache.add(0, at(0x20))
	n.cache.observe(at(0x20), 4*time.Second)
	asked := 0
	for n.Deadline() < Time(time.Minute) && slices.Contains(n.Neighbourhood().Succ, at(0x20)) {
		now := n.Deadline()
		n.Tick(now)
		asked += len(sent(n, 0x20))
		for _, o := range n.Open() {
			if got := o.Deadline.Sub(now); got > n.cfg.MaxTimeout {
				t.Errorf("a request to %v waits for %v after %d others, want at most %v", o.To, got, asked-1, n.cfg.MaxTimeout)
			}
		}
	}
	if asked < n.cfg.Tries {
		t.Errorf("it was asked %d times, want %d at least", asked, n.cfg.Tries)
	}
}

// A silent neighbour is given up after three requests, unless it is often silent as long:
// then as soon as it is not.
func TestVerdictFollowsRhythm(t *testing.T) {
	verdict := func(usual time.Duration) time.Duration {
		n, began, _ := suspected(t)
		n.rhythms = []rhythm{{ID: at(0x20).ID, last: began, mean: usual}}
		now := began
		for slices.Contains(n.Neighbourhood().Succ, at(0x20)) {
			now = n.Deadline()
			n.Tick(now)
		}
		return now.Sub(began)
	}
	tries := verdict(0)
	for _, usual := range []time.Duration{tries - time.Second, tries + time.Second} {
		if got, want := verdict(usual), max(tries, usual); got != want {
			t.Errorf("silent for %v at times: given up %v after the suspicion, want %v", usual, got, want)
		}
	}
	if got := verdict(tries + time.Millisecond); got < tries+500*time.Millisecond {
		t.Errorf("given up %v after the suspicion, want the last request to have a timeout of its own after %v", got, tries)
	}
}

// Whoever asks us again and again whether our dead successor lives does not keep
// us from finding out ourselves.
func TestFavorsDoNotDelayAVerdict(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	for n.Deadline() < Time(8*time.Second) {
		now := n.Deadline()
		n.Tick(now)
		n.Step(now, Message{Kind: PingReq, From: at(0x77), To: n.Self(), Member: true, About: at(0x20)})
	}
	if got := n.Neighbourhood().Succ; slices.Contains(got, at(0x20)) {
		t.Errorf("the successors are %v after 8 s of silence and favors", got)
	}
}

// Only those whom we asked can vouch for a peer.
func TestAckOfAStranger(t *testing.T) {
	n, now, _ := suspected(t)
	for end := now.Add(8 * time.Second); n.Deadline() < end; n.Tick(now) {
		n.Step(now, Message{Kind: Ack, From: at(0x77), To: n.Self(), Member: true, About: at(0x20)})
		now = n.Deadline()
	}
	if got := n.Neighbourhood().Succ; slices.Contains(got, at(0x20)) {
		t.Errorf("the successors are %v, want the suspect given up against a stranger's word", got)
	}
}

func TestNoConfirmers(t *testing.T) {
	n, err := New(Config{Self: at(0x10), Confirmers: -1})
	if err != nil {
		t.Fatal(err)
	}
	n.Restore(0, at(0xf0), ats(0x20, 0x30), nil)
	for n.Deadline() < Time(5*time.Second) {
		n.Tick(n.Deadline())
		if sent := n.Ready().Messages; slices.ContainsFunc(sent, func(m Message) bool { return m.Kind == PingReq }) {
			t.Fatalf("sent %v with no confirmers wanted", sent)
		}
	}
}

// A suspect that vanishes from our list before the verdict, since another peer came
// to it sooner, is tried again later like any other.
func TestSuspectThatOthersGaveUpFirst(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	n.query(0, at(0x30))
	n.setSuccessors(at(0x20), ats(0x40))
	silence(n, Time(8*time.Second))
	if !n.isLost(at(0x30)) {
		t.Error("it is forgotten")
	}
}
