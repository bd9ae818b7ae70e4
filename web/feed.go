package web

import (
	"maps"
	"sync"

	"peal/node"
)

// maxPerKind bounds how many events of one kind are kept between two reads of
// a subscription. A flood of one kind then hides no other.
const maxPerKind = 100

// A Feed is the observer of the peers: it counts events and hands them to
// those who subscribed.
type Feed struct {
	mu            sync.Mutex
	counts        map[node.EventKind]uint64
	subscriptions map[*subscription]bool
}

// NewFeed makes a feed that nobody has subscribed to.
func NewFeed() *Feed {
	return &Feed{
		counts:        make(map[node.EventKind]uint64),
		subscriptions: make(map[*subscription]bool),
	}
}

// Publish tells everyone of an event. It never waits for a reader and may be
// called from many goroutines.
func (f *Feed) Publish(e node.Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.counts[e.Kind]++
	for s := range f.subscriptions {
		s.add(e)
	}
}

// Counts are the events so far, by kind.
func (f *Feed) Counts() map[node.EventKind]uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.counts)
}

// A subscription collects events for one reader. Its feed's mutex guards it.
type subscription struct {
	feed   *Feed
	events []node.Event
	seen   map[node.EventKind]int
}

func (f *Feed) subscribe() *subscription {
	s := &subscription{feed: f, seen: make(map[node.EventKind]int)}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.subscriptions[s] = true
	return s
}

func (s *subscription) add(e node.Event) {
	s.seen[e.Kind]++
	if s.seen[e.Kind] <= maxPerKind {
		s.events = append(s.events, e)
	}
}

// take gives the events since the last time, and of each kind how many more
// there were.
func (s *subscription) take() (events []node.Event, more map[node.EventKind]int) {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	for kind, n := range s.seen {
		if n > maxPerKind {
			if more == nil {
				more = make(map[node.EventKind]int)
			}
			more[kind] = n - maxPerKind
		}
	}
	events, s.events = s.events, nil
	clear(s.seen)
	return events, more
}

func (s *subscription) cancel() {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	delete(s.feed.subscriptions, s)
}
