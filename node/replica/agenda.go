package replica

import (
	"container/heap"
	"time"

	"peal/chord"
)

// An agenda lists keys by the time at which something is to be done about them, in
// milliseconds since 1970. Keys are not taken off it when they change: whoever is
// due is looked at again. The zero agenda is empty.
type agenda struct{ entries agendaHeap }

type agendaEntry struct {
	at  uint64
	key string
}

func (a *agenda) add(at uint64, key string) { heap.Push(&a.entries, agendaEntry{at, key}) }

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
	return heap.Pop(&a.entries).(agendaEntry).key, true
}

type agendaHeap []agendaEntry

func (h agendaHeap) Len() int           { return len(h) }
func (h agendaHeap) Less(i, j int) bool { return h[i].at < h[j].at }
func (h agendaHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *agendaHeap) Push(x any)        { *h = append(*h, x.(agendaEntry)) }

func (h *agendaHeap) Pop() any {
	last := len(*h) - 1
	e := (*h)[last]
	(*h)[last] = agendaEntry{}
	*h = (*h)[:last]
	return e
}
