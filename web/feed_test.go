package web

import (
	"sync"
	"testing"

	"peal/node"
)

func TestFeedCountsAndCaps(t *testing.T) {
	f := NewFeed()
	s := f.subscribe()
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range maxPerKind {
				f.Publish(node.Event{Kind: node.Stored})
			}
		})
	}
	all.Wait()
	f.Publish(node.Event{Kind: node.Dead})
	events, more := s.take()
	if len(events) != maxPerKind+1 || events[maxPerKind].Kind != node.Dead {
		t.Errorf("got %d events, want %d and the rare one last", len(events), maxPerKind+1)
	}
	if more[node.Stored] != 3*maxPerKind || len(more) != 1 {
		t.Errorf("got more %v, want %d stored", more, 3*maxPerKind)
	}
	if got := f.Counts()[node.Stored]; got != 4*maxPerKind {
		t.Errorf("counted %d, want %d", got, 4*maxPerKind)
	}
}

func TestTakeBeginsAnew(t *testing.T) {
	f := NewFeed()
	s := f.subscribe()
	for range 2 {
		f.Publish(node.Event{Kind: node.Joined})
		if events, more := s.take(); len(events) != 1 || more != nil {
			t.Errorf("got %v and %v, want one event", events, more)
		}
	}
	s.cancel()
	f.Publish(node.Event{Kind: node.Joined})
	if events, _ := s.take(); len(events) != 0 {
		t.Errorf("got %v after cancel", events)
	}
}
