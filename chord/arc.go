package chord

import (
	"bytes"
	"errors"
	"fmt"
)

// An Arc is the half-open stretch (From, To] of the circle, walking clockwise.
// From == To is the whole circle: no arc is empty.
type Arc struct {
	From ID `json:"from" cbor:"1,keyasint"`
	To   ID `json:"to" cbor:"2,keyasint"`
}

// String shows the arc as an interval.
func (a Arc) String() string { return fmt.Sprintf("(%v, %v]", a.From, a.To) }

// Contains reports whether x lies on the arc.
func (a Arc) Contains(x ID) bool { return x == a.To || Between(a.From, x, a.To) }

// Whole reports whether the arc is the whole circle.
func (a Arc) Whole() bool { return a.From == a.To }

// MarshalBinary gives the length of From and then both bounds, without the zeros
// behind them: bounds that are chosen to be short stay short on the wire.
func (a Arc) MarshalBinary() ([]byte, error) {
	from, to := bytes.TrimRight(a.From[:], "\x00"), bytes.TrimRight(a.To[:], "\x00")
	return append(append([]byte{byte(len(from))}, from...), to...), nil
}

// UnmarshalBinary reads what MarshalBinary wrote.
func (a *Arc) UnmarshalBinary(b []byte) error {
	*a = Arc{}
	if len(b) == 0 || int(b[0]) > min(len(b)-1, len(ID{})) || len(b)-1-int(b[0]) > len(ID{}) {
		return errors.New("arc: bounds of a wrong length")
	}
	copy(a.From[:], b[1:1+b[0]])
	copy(a.To[:], b[1+b[0]:])
	return nil
}
