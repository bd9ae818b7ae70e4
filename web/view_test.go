package web

import (
	"testing"

	"peal/chord"
	"peal/node"
)

func TestEveryChangeOfAViewShows(t *testing.T) {
	changes := map[string]func(*node.Info){
		"predecessor": func(i *node.Info) { i.Predecessor = contact(5) },
		"successors":  func(i *node.Info) { i.Successors = []chord.Contact{contact(5)} },
		"fingers":     func(i *node.Info) { i.Fingers = []chord.Contact{contact(5)} },
		"keys":        func(i *node.Info) { i.Keys++ },
		"records":     func(i *node.Info) { i.Records++ },
		"known":       func(i *node.Info) { i.Known++ },
		"replicated":  func(i *node.Info) { i.Replicated = true },
		"member":      func(i *node.Info) { i.Member = false },
	}
	before := pictureOf(node.Ring{Peers: []node.Info{infoOf(0), infoOf(1)}})
	for name, change := range changes {
		info := infoOf(1)
		change(&info)
		after := pictureOf(node.Ring{Peers: []node.Info{infoOf(0), info}})
		changed, gone := before.changes(after)
		if len(changed) != 1 || changed[0].ID != placeOf(contact(1)) || len(gone) != 0 {
			t.Errorf("%s: got %v changed and %v gone, want peer 1", name, changed, gone)
		}
	}
	if changed, gone := before.changes(before); len(changed)+len(gone) != 0 {
		t.Errorf("nothing changed: got %v and %v", changed, gone)
	}
}

func TestPlace(t *testing.T) {
	if got := string(text(t, placeOf(contact(1)))); got != idOf(1) {
		t.Errorf("got %s, want %s", got, idOf(1))
	}
	if got := string(text(t, placeOf(chord.Contact{}))); got != "" {
		t.Errorf("nobody: got %q", got)
	}
	if got := string(text(t, place(1))); got != "0000000000000001" {
		t.Errorf("got %s, want leading zeros", got)
	}
}
