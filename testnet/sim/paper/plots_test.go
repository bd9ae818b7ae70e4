package paper

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// A box is where a text is, roughly: 7 pixels a letter.
type box struct {
	text                     string
	left, right, top, bottom float64
}

func (b box) overlaps(o box) bool {
	return b.left < o.right && o.left < b.right && b.top < o.bottom && o.top < b.bottom
}

// boxes reads a plot, and so proves that it is well-formed.
func boxes(t *testing.T, svg []byte) []box {
	t.Helper()
	var list []box
	d := xml.NewDecoder(strings.NewReader(string(svg)))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "text" {
			continue
		}
		var text string
		if err := d.DecodeElement(&text, &start); err != nil {
			t.Fatal(err)
		}
		if b, ok := boxOf(start, text); ok {
			list = append(list, b)
		}
	}
}

// boxOf leaves out the name of the vertical axis, which stands upright.
func boxOf(e xml.StartElement, text string) (box, bool) {
	values := map[string]string{}
	for _, a := range e.Attr {
		values[a.Name.Local] = a.Value
	}
	x, err := strconv.ParseFloat(values["x"], 64)
	if err != nil {
		return box{}, false
	}
	y, _ := strconv.ParseFloat(values["y"], 64)
	width := 7 * float64(utf8.RuneCountInString(text))
	switch values["text-anchor"] {
	case "middle":
		x -= width / 2
	case "end":
		x -= width
	}
	return box{text, x, x + width, y - 12, y + 3}, true
}

func TestPlotsHaveNoOverlappingText(t *testing.T) {
	for _, p := range filled(t).Plots() {
		list := boxes(t, p.Chart.SVG())
		if len(list) < 10 {
			t.Errorf("%s has %d texts, want more than 9", p.Name, len(list))
		}
		for i, b := range list {
			if b.left < 0 || b.right > 760 {
				t.Errorf("%s: %q leaves the picture", p.Name, b.text)
			}
			for _, o := range list[:i] {
				if b.overlaps(o) {
					t.Errorf("%s: %q and %q overlap", p.Name, b.text, o.text)
				}
			}
		}
	}
}
