package recording

import (
	"encoding/hex"
	"fmt"
	"strings"

	"peal/chord"
	"peal/node"
)

// Kinds of lines that are no entries of a log.
const (
	viewKind node.EventKind = "view"
	goneKind node.EventKind = "gone"
	ringKind node.EventKind = "ring"
)

// Kinds of events that no peer emits.
const (
	Violation node.EventKind = "violation" // the checker found an invariant broken; Text says which
	Missed    node.EventKind = "missed"    // Count events came too fast to be written; without one, the file is full
)

// A line is every line but the first.
type line struct {
	node.Event
	Contacts []chord.Contact `json:"contacts,omitempty"` // named by their places from here on
	View     *changes        `json:"view,omitempty"`
	State    *state          `json:"ring,omitempty"`
}

// A state is what was said of the ring as a whole. A recording without it, such
// as the simulator's, is judged when it is played.
type state struct {
	WellFormed bool   `json:"well_formed"`
	Problem    string `json:"problem,omitempty"`
	Replicated bool   `json:"replicated"`
}

// changes are the parts of a view that differ from the one before.
type changes struct {
	Member     *bool    `json:"member,omitempty"`
	Paused     *bool    `json:"paused,omitempty"`
	Pred       *place   `json:"pred,omitempty"`
	Succ       *[]place `json:"succ,omitempty"`
	Fingers    *[]place `json:"fingers,omitempty"`
	Keys       *int     `json:"keys,omitempty"`
	Records    *int     `json:"records,omitempty"`
	Known      *int     `json:"known,omitempty"`
	Replicated *bool    `json:"replicated,omitempty"`
}

// A place is the first 64 bits of a position, which tell all peers of a ring
// apart. In text it has 16 hexadecimal digits, and none for nobody.
type place [8]byte

func placeOf(c chord.Contact) (p place) {
	if !c.IsZero() {
		copy(p[:], c.ID[:])
	}
	return p
}

// MarshalText gives the digits.
func (p place) MarshalText() ([]byte, error) {
	if p == (place{}) {
		return []byte{}, nil
	}
	return hex.AppendEncode(nil, p[:]), nil
}

// UnmarshalText reads the digits.
func (p *place) UnmarshalText(text []byte) error {
	*p = place{}
	if len(text) == 0 {
		return nil
	}
	if len(text) != 2*len(p) {
		return fmt.Errorf("the place %.40q: want %d hexadecimal digits", text, 2*len(p))
	}
	_, err := hex.Decode(p[:], text)
	return err
}

// longestText bounds a text of a line, in bytes.
const longestText = 2000

// cut bounds a text that a stranger wrote, and leaves a character whole.
func cut(text string) string {
	if len(text) <= longestText {
		return text
	}
	return strings.ToValidUTF8(text[:longestText], "") + "…"
}
