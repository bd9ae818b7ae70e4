package paper

import (
	"reflect"
	"testing"
)

// tiny is enough to see that every figure is filled in.
var tiny = Size{Bits: []int{4, 5}, Peers: 40, Lookups: 30, Rates: 7, LoadBits: 7}

func filled(t *testing.T) *Report {
	t.Helper()
	r := New(tiny, 3)
	for _, job := range r.Jobs() {
		if err := job.Run(); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func TestJobsFillInEveryFigure(t *testing.T) {
	r := filled(t)
	var all []Measured
	for _, row := range r.Paths {
		all = append(all, row.Paper, row.Shipped)
	}
	for _, row := range r.Failures {
		all = append(all, row.Paper, row.Shipped)
	}
	for _, row := range r.Churn {
		all = append(all, row.Paper, row.Shipped)
	}
	for i, m := range all {
		if m.Lookups == 0 || m.Path.Mean == 0 || len(m.Lengths) == 0 {
			t.Errorf("figure %d is empty: %+v", i, m)
		}
	}
	for _, row := range r.Load {
		if row.Mean == 0 || row.P99 == 0 {
			t.Errorf("the load is empty: %+v", row)
		}
	}
	if got, want := len(all), 2*(2+6+2); got != want {
		t.Errorf("%d simulations, want %d", got, want)
	}
}

func TestSameSeedSameReport(t *testing.T) {
	first, second := filled(t), filled(t)
	if !reflect.DeepEqual(first, second) {
		t.Errorf("seed 3 gives\n%+v\nand then\n%+v", first, second)
	}
}

func TestSpread(t *testing.T) {
	var values []int
	for i := range 101 {
		values = append(values, 100-i)
	}
	if got, want := spread(values), (Spread{Mean: 50, P1: 1, P99: 99}); got != want {
		t.Errorf("spread of 0 to 100 is %+v, want %+v", got, want)
	}
	if got, want := histogram([]int{0, 2, 2}), []int{1, 0, 2}; !reflect.DeepEqual(got, want) {
		t.Errorf("histogram is %v, want %v", got, want)
	}
}
