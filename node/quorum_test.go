package node

import (
	"errors"
	"testing"
)

func TestQuorumsAsNumbers(t *testing.T) {
	for _, test := range []struct {
		quorum         Quorum
		replicas, want int
	}{{0, 3, 0}, {1, 3, 1}, {3, 3, 3}, {Majority, 1, 1}, {Majority, 3, 2}, {Majority, 4, 3}, {Majority, 5, 3}, {All, 1, 1}, {All, 5, 5}} {
		if got, err := test.quorum.of(test.replicas); got != test.want || err != nil {
			t.Errorf("%v of %d replicas: %d, %v; want %d", test.quorum, test.replicas, got, err, test.want)
		}
	}
	if _, err := Quorum(4).of(3); !errors.Is(err, ErrInvalid) {
		t.Errorf("4 of 3 replicas: error %v, want %v", err, ErrInvalid)
	}
}
