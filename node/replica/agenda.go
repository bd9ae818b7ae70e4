package replica

import (
	"container/heap"
	"time"

	"peal/chord"
)

// An agenda lists keys by the time at which something is to be done about them, in
// milliseconds since 1970. Keys need not be taken off it when they are lost: whoever is
// due is looked at again. The zero agenda is empty.
type agenda struct {
	entries agendaHeap
	byKey   map[string]*agendaEntry
}

type agendaEntry struct {
	at    uint64
	key   string
	place int // in the heap
}

// set puts a key on the agenda, or changes its time.
func (a *agenda) set(at uint64, key string) {
	if e, ok := a.byKey[key]; ok {
		e.at = at
		heap.Fix(&a.entries, e.place)
		return
	}
	if a.byKey == nil {
		a.byKey = map[string]*agendaEntry{}
	}
	e := &agendaEntry{at: at, key: key}
	a.byKey[key] = e
	heap.Push(&a.entries, e)
}

func (a *agenda) remove(key string) {
	if e, ok := a.byKey[key]; ok {
		heap.Remove(&a.entries, e.place)
		delete(a.byKey, key)
	}
}

// next is when the first key is due.
func (a *agenda) next() chord.Time {
	if len(a.entries) == 0 || a.entries[0].at > uint64(Never)/uint64(time.Millisecond) {
		return Never
	}
	return chord.Time(a.entries[0].at) * chord.Time(time.Millisecond)
}

// due takes off the next key whose time has come.
func (a *agenda) due(now uint64) (key string, ok bool) {
	if len(a.entries) == 0 || a.entries[0].at > now {
		return "", false
	}
	key = a.entries[0].key
	a.remove(key)
	return key, true
}

type agendaHeap []*agendaEntry

func (h agendaHeap) Len() int           { return len(h) }
func (h agendaHeap) Less(i, j int) bool { return h[i].at < h[j].at }

func (h agendaHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].place, h[j].place = i, j
}

func (h *agendaHeap) Push(x any) {
	e := x.(*agendaEntry)
	e.place = len(*h)
	*h = append(*h, e)
}

func (h *agendaHeap) Pop() any {
	last := len(*h) - 1
	e := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return e
}
