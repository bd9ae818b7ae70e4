package web

import (
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"peal/chord"
	"peal/node"
)

// A place is the first 64 bits of a position, which tell all peers of a ring
// apart and place them on a screen exactly enough. 0 is nobody.
type place uint64

func placeOf(c chord.Contact) place {
	if c.IsZero() {
		return 0
	}
	return place(binary.BigEndian.Uint64(c.ID[:8]))
}

// MarshalText gives 16 hexadecimal digits, and nothing for nobody.
func (p place) MarshalText() ([]byte, error) {
	if p == 0 {
		return []byte{}, nil
	}
	return fmt.Appendf(nil, "%016x", uint64(p)), nil
}

func placesOf(contacts []chord.Contact) []place {
	places := make([]place, len(contacts))
	for i, c := range contacts {
		places[i] = placeOf(c)
	}
	return places
}

// A view is what the dashboard shows of a peer.
type view struct {
	ID         place        `json:"id"`
	Peer       chord.PeerID `json:"peer"`
	Pred       place        `json:"pred"`
	Succ       []place      `json:"succ"`
	Fingers    []place      `json:"fingers"`
	Keys       int          `json:"keys"`
	Records    int          `json:"records"`
	Known      int          `json:"known"`
	Replicated bool         `json:"replicated"`
	Member     bool         `json:"member"`
	Paused     bool         `json:"paused,omitempty"`
}

func viewOf(i node.Info) view {
	return view{
		ID:         placeOf(i.Contact),
		Peer:       i.Peer,
		Pred:       placeOf(i.Predecessor),
		Succ:       placesOf(i.Successors),
		Fingers:    placesOf(i.Fingers),
		Keys:       i.Keys,
		Records:    i.Records,
		Known:      i.Known,
		Replicated: i.Replicated,
		Member:     i.Member,
		Paused:     i.Paused,
	}
}

func (v view) equal(w view) bool {
	return v.ID == w.ID && v.Peer == w.Peer && v.Pred == w.Pred &&
		slices.Equal(v.Succ, w.Succ) && slices.Equal(v.Fingers, w.Fingers) &&
		v.Keys == w.Keys && v.Records == w.Records && v.Known == w.Known &&
		v.Replicated == w.Replicated && v.Member == w.Member && v.Paused == w.Paused
}

// A picture is what the dashboard shows of the ring.
type picture struct {
	state
	ring  string
	peers []view       // in the order of the ring
	log   []node.Event // of a recording: the last events

	// Of a recording: the events on the way to the picture that no message has brought, and
	// how many more there were.
	events []node.Event
	more   map[node.EventKind]int

	troubles []trouble // never nil
	flows    []flow    // never nil

	infos  []node.Info // as they were seen
	seen   time.Time   // when that was
	unseen bool        // the look failed, and only the state counts
}

// A state is the part of a picture that every message carries.
type state struct {
	WellFormed bool   `json:"well_formed"`
	Problem    string `json:"problem"`
	Replicated bool   `json:"replicated"`

	Replay  Playback     `json:"replay,omitzero"`  // of a recording
	Traffic node.Traffic `json:"traffic,omitzero"` // while the ring was watched, of all peers
}

func pictureOf(r node.Ring) *picture {
	p := &picture{state: state{WellFormed: r.WellFormed, Problem: r.Problem, Replicated: r.Replicated}, ring: r.Name, infos: r.Peers, seen: time.Now()}
	p.troubles, p.flows = troublesOf(r.Problems), flowsOf(r.Peers)
	p.peers = make([]view, len(r.Peers))
	for i, info := range r.Peers {
		p.peers[i] = viewOf(info)
	}
	return p
}

// changes gives the views that are new or different in next, and the peers
// that are no longer there.
func (p *picture) changes(next *picture) (changed []view, gone []place) {
	before := make(map[place]view, len(p.peers))
	for _, v := range p.peers {
		before[v.ID] = v
	}
	for _, v := range next.peers {
		if old, ok := before[v.ID]; !ok || !v.equal(old) {
			changed = append(changed, v)
		}
		delete(before, v.ID)
	}
	for _, v := range p.peers {
		if _, left := before[v.ID]; left {
			gone = append(gone, v.ID)
		}
	}
	return changed, gone
}
