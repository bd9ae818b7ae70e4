package web

import (
	"slices"

	"peal/node"
)

// Bounds of what each message says, so that a ring in trouble is no dearer to watch.
const (
	maxTroubles = 40
	maxFlows    = 60
)

// A trouble is a [node.Problem] as the dashboard shows it.
type trouble struct {
	Kind  node.ProblemKind `json:"kind"`
	Peer  place            `json:"peer"`
	Peers []place          `json:"peers,omitempty"`
	Text  string           `json:"text"`
}

// troublesOf names the first problems. Who is in which of several rings the views
// tell already.
func troublesOf(problems []node.Problem) []trouble {
	troubles := []trouble{}
	for _, p := range problems[:min(len(problems), maxTroubles)] {
		t := trouble{Kind: p.Kind, Peer: placeOf(p.Peer), Text: p.Text}
		if p.Kind != node.Split {
			t.Peers = placesOf(p.Peers)
		}
		troubles = append(troubles, t)
	}
	return troubles
}

func (t trouble) equal(u trouble) bool {
	return t.Kind == u.Kind && t.Peer == u.Peer && t.Text == u.Text && slices.Equal(t.Peers, u.Peers)
}

// A flow is a reconciliation that goes on: records on their way between two peers.
type flow struct {
	ID      place  `json:"id"`
	With    place  `json:"with"`
	Moved   int    `json:"moved"`
	Left    int    `json:"left"`
	Bytes   int64  `json:"bytes"`
	Waiting string `json:"waiting,omitempty"`
}

func flowsOf(peers []node.Info) []flow {
	flows := []flow{}
	for _, p := range peers {
		if t := p.Repair.Transfer; t != nil && len(flows) < maxFlows {
			flows = append(flows, flow{placeOf(p.Contact), placeOf(t.With), t.Moved, t.Left, t.Bytes, t.Waiting})
		}
	}
	return flows
}
