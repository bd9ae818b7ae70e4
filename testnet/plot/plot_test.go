package plot

import (
	"strings"
	"testing"
)

func TestStep(t *testing.T) {
	for _, test := range []struct{ to, want float64 }{{6.9, 1}, {0.46, 0.1}, {16, 5}, {100, 20}, {0, 1}, {0.27, 0.05}} {
		if got := step(test.to); got != test.want {
			t.Errorf("step(%v) = %v, want %v", test.to, got, test.want)
		}
	}
}

// Every point is inside the area, and the highest is near its top.
func TestScale(t *testing.T) {
	c := Chart{XFrom: 5, XTicks: []Tick{{At: 6}, {At: 12}}, Series: []Series{{Points: []Point{{6, 3.9}, {12, 6.9}}}}}
	s := c.scale()
	if got := s.x(12); got != right {
		t.Errorf("the last tick is at %v, want %v", got, right)
	}
	if got := s.y(0); got != bottom {
		t.Errorf("zero is at %v, want %v", got, bottom)
	}
	if got := s.y(6.9); got < top || got > top+20 {
		t.Errorf("the highest point is at %v, want just below %v", got, top)
	}
}

func TestTextIsEscaped(t *testing.T) {
	c := Chart{Title: "a < b & c", Series: []Series{{Name: "<x>"}}, XTicks: []Tick{{At: 1, Name: "1"}}}
	if svg := string(c.SVG()); strings.Contains(svg, "<x>") || !strings.Contains(svg, "a &lt; b &amp; c") {
		t.Errorf("the names are not escaped in %s", svg)
	}
}

// Loose series have marks, and no line.
func TestLooseSeries(t *testing.T) {
	c := Chart{XTicks: []Tick{{At: 1, Name: "1"}}, Series: []Series{{Name: "l", Loose: true, Points: []Point{{0, 1}, {1, 2}}}}}
	if svg := string(c.SVG()); strings.Contains(svg, "polyline") || strings.Count(svg, "<circle") != 3 {
		t.Errorf("want no line, two marks and one in the legend: %s", svg)
	}
}
