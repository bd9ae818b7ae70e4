package transport

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/libp2p/go-libp2p/core/protocol"
)

func TestProtoBook(t *testing.T) {
	book := newAddrBook()
	defer book.Close()
	spoken := func(want ...protocol.ID) {
		t.Helper()
		if got, err := book.GetProtocols("b"); err != nil || !slices.Equal(got, want) {
			t.Errorf("got %v, %v; want %v", got, err, want)
		}
	}
	spoken()
	if err := errors.Join(book.SetProtocols("b", "/2", "/1"), book.AddProtocols("b", "/3", "/1")); err != nil {
		t.Fatal(err)
	}
	spoken("/1", "/2", "/3")
	if err := book.RemoveProtocols("b", "/2"); err != nil {
		t.Fatal(err)
	}
	spoken("/1", "/3")
	if got, _ := book.SupportsProtocols("b", "/3", "/2", "/1"); !slices.Equal(got, []protocol.ID{"/3", "/1"}) {
		t.Errorf("got %v of /3, /2 and /1, want /3 and /1", got)
	}
	if got, _ := book.FirstSupportedProtocol("b", "/2", "/1"); got != "/1" {
		t.Errorf("got %q first, want /1", got)
	}
	book.RemovePeer("b")
	spoken()
}

func TestProtoBookIsBounded(t *testing.T) {
	book := newAddrBook()
	defer book.Close()
	var many []protocol.ID
	for i := range maxProtocols + 1 {
		many = append(many, protocol.ID(fmt.Sprint(i)))
	}
	if book.SetProtocols("b", many...) == nil || book.AddProtocols("b", many...) == nil {
		t.Error("a peer may claim to speak more protocols than the bound")
	}
	if got, _ := book.GetProtocols("b"); len(got) != 0 {
		t.Errorf("%d of them were taken in", len(got))
	}
}
