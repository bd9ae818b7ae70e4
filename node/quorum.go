package node

import (
	"fmt"
	"strconv"
)

// A Quorum says how many of a key's replicas an operation needs: a number, or one
// of the names below. The zero Quorum is the ring's default.
type Quorum int

// The quorums with a name.
const (
	Majority Quorum = -1 // more than half of the replicas
	All      Quorum = -2
)

// String is a name or a number, and empty for the default.
func (q Quorum) String() string {
	switch q {
	case 0:
		return ""
	case Majority:
		return "quorum"
	case All:
		return "all"
	}
	return strconv.Itoa(int(q))
}

// UnmarshalText reads one, quorum, all, or a number from 1.
func (q *Quorum) UnmarshalText(text []byte) error {
	switch s := string(text); s {
	case "":
		*q = 0
	case "one":
		*q = 1
	case "quorum":
		*q = Majority
	case "all":
		*q = All
	default:
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			return fmt.Errorf("a quorum is one, quorum, all or a number of replicas, not %q", s)
		}
		*q = Quorum(n)
	}
	return nil
}

// MarshalText is String.
func (q Quorum) MarshalText() ([]byte, error) { return []byte(q.String()), nil }

// of gives the number for keys with so many replicas; 0 is the default.
func (q Quorum) of(replicas int) (int, error) {
	switch {
	case q == Majority:
		return replicas/2 + 1, nil
	case q == All:
		return replicas, nil
	case int(q) > replicas:
		return 0, fmt.Errorf("%w: a quorum of %d is asked for, but a key has %d replicas", ErrInvalid, q, replicas)
	}
	return int(q), nil
}
