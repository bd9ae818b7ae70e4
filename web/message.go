package web

import (
	"encoding/json"

	"peal/node"
)

// A snapshot is all of a picture.
type snapshot struct {
	Type string `json:"type"`
	Seq  uint64 `json:"seq"`
	Ring string `json:"ring"`
	Lab  bool   `json:"lab"`
	state
	Peers    []view    `json:"peers"`
	Problems []trouble `json:"problems"`
	Flows    []flow    `json:"flows"`

	// Log has the last events of a recording before this moment.
	Log []node.Event `json:"log,omitempty"`
}

// A delta leads from the picture of number Seq-1 to that of number Seq.
type delta struct {
	Type string `json:"type"`
	Seq  uint64 `json:"seq"`
	state
	Peers  []view       `json:"peers"`
	Gone   []place      `json:"gone"`
	Events []node.Event `json:"events"`

	// Of both the whole list, where it is another than before.
	Problems []trouble `json:"problems,omitzero"`
	Flows    []flow    `json:"flows,omitzero"`

	// More counts, by kind, events that are not in Events because there were
	// too many.
	More map[node.EventKind]int `json:"more,omitempty"`
}

func (d *delta) empty() bool {
	return len(d.Peers) == 0 && len(d.Gone) == 0 && len(d.Events) == 0 && d.Problems == nil && d.Flows == nil
}

// encode gives nil for what has no JSON form, such as an event of the year
// 10000; the client then sees a gap and asks for a snapshot.
func encode(message any) []byte {
	b, err := json.Marshal(message)
	if err != nil {
		return nil
	}
	return b
}
