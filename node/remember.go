package node

import (
	"encoding/json"
	"path"
	"slices"
	"time"

	"peal/chord"
)

const (
	rememberFirst  = time.Second / 2
	rememberLast   = 8 * time.Second
	rememberPeers  = 32
	rememberAddrs  = 64
	keptSuccessors = 2       // hold the same keys, as a rule
	peersNote      = "peers" // name of the note in the store
)

// remembered are the addresses of peers that were neighbours before a restart.
func (n *Node) remembered() []string {
	note, err := n.cfg.Store.Meta(peersNote)
	if err != nil || note == nil {
		return nil
	}
	var addrs []string
	if err := json.Unmarshal(note, &addrs); err != nil {
		n.cfg.Logger.Warn("the note of known peers is damaged and ignored", "error", err)
	}
	return addrs
}

// remember keeps the note of known peers up to date, notes the terms of the ring, and
// keeps the connections to fingers and to the next peers open. It looks less often the
// longer nothing has changed. What was noted before this start is not forgotten for those
// who are there: the others may be a ring of their own, or start later.
func (n *Node) remember(before []string) {
	var noted []chord.Contact
	var failed error
	agreed := false
	for pause := rememberFirst; n.sleep(pause); {
		succ, fingers := n.reliedOn()
		known := append(succ, fingers...)
		switch {
		case len(known) == 0:
			continue
		case slices.Equal(known, noted):
			pause = min(2*pause, rememberLast)
			continue
		}
		pause = rememberFirst
		n.find(n.addresses(known), peersAt(before))
		n.cfg.Transport.Keep(peersOf(slices.Concat(succ[:min(len(succ), keptSuccessors)], fingers)))
		went := failed == nil
		if failed = n.note(known, before); failed == nil && !agreed && len(succ) > 0 {
			failed = n.noteTerms()
			agreed = failed == nil
		}
		switch {
		case failed == nil:
			noted = known
		case went:
			n.cfg.Logger.Warn("cannot note the ring's quorums and its peers, and tries again", "error", failed)
		}
	}
}

func (n *Node) reliedOn() (succ, fingers []chord.Contact) {
	_ = n.do(func(chord.Time) { succ, fingers = n.ring.Neighbourhood().Succ, n.ring.Fingers() })
	return succ, fingers // none once the node is closed
}

func peersOf(contacts []chord.Contact) []chord.PeerID {
	peers := make([]chord.PeerID, len(contacts))
	for i, c := range contacts {
		peers[i] = c.Peer
	}
	return peers
}

// note stores the addresses of known peers, and of those noted before while there is room.
func (n *Node) note(known []chord.Contact, before []string) error {
	addrs := n.addresses(known)
	if len(addrs) == 0 {
		return nil
	}
	addrs = unique(append(addrs, before...))
	addrs = addrs[:min(len(addrs), rememberAddrs)]
	b, err := json.Marshal(addrs)
	if err != nil {
		return err
	}
	return n.cfg.Store.SetMeta(peersNote, b)
}

// addresses are those of some peers, of the first of them where they are many.
func (n *Node) addresses(known []chord.Contact) (addrs []string) {
	for _, c := range known[:min(len(known), rememberPeers)] {
		addrs = append(addrs, n.cfg.Transport.PeerAddrs(c.Peer)...)
	}
	return addrs
}

// peersAt names the peers that full multiaddrs lead to, each once: an address ends in
// /p2p/PEER, and what is before that may have changed over a restart.
func peersAt(addrs []string) []string {
	peers := make([]string, len(addrs))
	for i, addr := range addrs {
		peers[i] = path.Base(addr)
	}
	return unique(peers)
}

// find takes note of it if some peers that are here now were known before.
func (n *Node) find(addrs, before []string) {
	if slices.ContainsFunc(peersAt(addrs), func(peer string) bool { return slices.Contains(before, peer) }) {
		n.rejoined.Store(true)
	}
}

// missing is how many peers were known before this start, as long as none of them is here.
func (n *Node) missing() int {
	if n.rejoined.Load() {
		return 0
	}
	return int(n.absent.Load())
}

// unique leaves out what comes again.
func unique(list []string) []string {
	var once []string
	for _, s := range list {
		if !slices.Contains(once, s) {
			once = append(once, s)
		}
	}
	return once
}
