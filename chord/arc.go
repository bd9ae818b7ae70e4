package chord

import "fmt"

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
