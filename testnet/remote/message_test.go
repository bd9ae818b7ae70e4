package remote

import (
	"bytes"
	"encoding/gob"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"peal/chord"
	"peal/node"
	"peal/node/replica"
)

// travel sends a value through gob.
func travel[T any](t *testing.T, v T) (got T) {
	t.Helper()
	var wire bytes.Buffer
	if err := gob.NewEncoder(&wire).Encode(v); err != nil {
		t.Fatal(err)
	}
	if err := gob.NewDecoder(&wire).Decode(&got); err != nil {
		t.Fatal(err)
	}
	return got
}

func contact(name string) chord.Contact { return chord.NewContact(chord.PeerID(name), 0) }

// What embeds a contact arrives whole.
func TestInfoArrivesWhole(t *testing.T) {
	want := node.Info{Contact: contact("a"), Member: true, Records: 3, Fingers: []chord.Contact{}, Successors: []chord.Contact{contact("b")}}
	if got := travel(t, JSON[node.Info]{want}).Value; !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestReceiptArrivesWhole(t *testing.T) {
	holder, expires := contact("c"), time.Unix(1e9, 0).UTC()
	want := node.Receipt{
		Key: "\xff", Version: replica.Version{Stamp: replica.Stamp{Wall: 7, Writer: "w"}}, Expires: &expires,
		Replicas: []chord.Contact{contact("a")}, Owed: []node.Owed{{Contact: contact("b"), Holder: &holder}, {Contact: contact("d")}},
		Wanted: 3, Replaced: []replica.Record{{Key: "\xfe", Value: []byte("v")}},
	}
	if got := travel(t, promiseOf(want)).receipt(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestFaultsStayWhatTheyAre(t *testing.T) {
	fault := faultOf(fmt.Errorf("put: %w", errors.Join(node.ErrUnknown, node.ErrClosed)))
	err := travel(t, Answer[None]{Fault: fault}).Fault.err()
	if !errors.Is(err, node.ErrUnknown) || !errors.Is(err, node.ErrClosed) || errors.Is(err, node.ErrNotFound) || err.Error() != fault.Text {
		t.Errorf("got %v, want %v", err, fault)
	}
	if err := travel(t, Answer[None]{}).Fault.err(); err != nil {
		t.Errorf("got %v where nothing went wrong", err)
	}
}

// Events for which there is no room are counted, and those that come later are kept
// again.
func TestTapOverflows(t *testing.T) {
	tap := newTap()
	for range maxWaiting + 3 {
		tap.add(node.Event{Kind: node.Met})
	}
	if b := tap.fetch(); len(b.Events.Value) != maxWaiting || b.Missed != 3 {
		t.Errorf("got %d events and %d missed, want %d and 3", len(b.Events.Value), b.Missed, maxWaiting)
	}
	tap.add(node.Event{Kind: node.Killed})
	if b := tap.fetch(); len(b.Events.Value) != 1 || b.Missed != 0 {
		t.Errorf("then got %+v, want one event", b)
	}
}
