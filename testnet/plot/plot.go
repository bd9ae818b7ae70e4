// Package plot draws line charts as SVG: axes with ticks, a few series, and a
// legend beside them. The file carries its own style, for light and for dark
// surroundings.
package plot

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// A File is a chart and the name of its file.
type File struct {
	Name  string
	Chart Chart
}

// A Chart is one plot. Both axes begin at 0 unless XFrom says otherwise.
type Chart struct {
	Title  string
	XLabel string
	YLabel string
	XFrom  float64
	XTicks []Tick // one for every value that the horizontal axis names
	Series []Series
}

// A Tick is a named place on an axis.
type Tick struct {
	At   float64
	Name string
}

// A Series is points joined by a line.
type Series struct {
	Name   string
	Color  Color
	Dashed bool // shown as open marks on a dashed line
	Loose  bool // shown as marks only
	Points []Point
}

// A Color of a series.
type Color int

// The colors.
const (
	Gray Color = iota
	Blue
	Orange
	Green
)

// A Point of a series.
type Point struct{ X, Y float64 }

// The sizes are in pixels.
const (
	width, height       = 760, 400
	left, right         = 64, 520 // of the area that is plotted in
	top, bottom         = 48, 344
	legendX, legendStep = 544, 26
)

const style = `<style>
text{font:13px system-ui,sans-serif;fill:#24292f}
.title{font-size:15px;font-weight:600}
.bg{fill:#fff}.axis{stroke:#57606a}.grid{stroke:#d8dee4}
.s{fill:none;stroke-width:2}.d{stroke-dasharray:5 4}.open{fill:#fff}
.c0{stroke:#57606a}.c1{stroke:#0969da}.c2{stroke:#bc4c00}.c3{stroke:#1a7f37}
.f0{fill:#57606a}.f1{fill:#0969da}.f2{fill:#bc4c00}.f3{fill:#1a7f37}
@media (prefers-color-scheme:dark){
text{fill:#e6edf3}.bg,.open{fill:#0d1117}.axis{stroke:#8d96a0}.grid{stroke:#30363d}
.c0{stroke:#9ea7b3}.c1{stroke:#58a6ff}.c2{stroke:#f0883e}.c3{stroke:#3fb950}
.f0{fill:#9ea7b3}.f1{fill:#58a6ff}.f2{fill:#f0883e}.f3{fill:#3fb950}
}
</style>
`

// SVG draws the chart.
func (c *Chart) SVG() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="%s">`+"\n",
		width, height, width, height, html.EscapeString(c.Title))
	b.WriteString(style)
	fmt.Fprintf(&b, `<rect class="bg" width="%d" height="%d"/>`+"\n", width, height)
	text(&b, left, 26, "start", "title", c.Title)
	s := c.scale()
	s.axes(&b, c)
	for i, series := range c.Series {
		s.draw(&b, series)
		legend(&b, series, i)
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

// scale maps values to pixels.
type scale struct{ xFrom, xTo, yTo, yStep float64 }

func (c *Chart) scale() scale {
	s := scale{xFrom: c.XFrom, xTo: c.XFrom}
	for _, tick := range c.XTicks {
		s.xTo = max(s.xTo, tick.At)
	}
	for _, series := range c.Series {
		for _, p := range series.Points {
			s.xTo, s.yTo = max(s.xTo, p.X), max(s.yTo, p.Y)
		}
	}
	s.yStep = step(s.yTo)
	s.yTo = max(math.Ceil(s.yTo/s.yStep), 1) * s.yStep
	return s
}

// step is the distance of ticks, a round number, for about six of them.
func step(to float64) float64 {
	if to <= 0 {
		return 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(to/6)))
	for _, times := range []float64{1, 2, 5} {
		if to/(times*unit) <= 7 {
			return times * unit
		}
	}
	return 10 * unit
}

func (s scale) x(v float64) float64 { return left + (v-s.xFrom)/(s.xTo-s.xFrom)*(right-left) }

func (s scale) y(v float64) float64 { return bottom - v/s.yTo*(bottom-top) }

func (s scale) axes(b *strings.Builder, c *Chart) {
	for i := 0; float64(i)*s.yStep < s.yTo*1.001; i++ {
		v := float64(i) * s.yStep
		line(b, "grid", left, s.y(v), right, s.y(v))
		text(b, left-8, s.y(v)+4, "end", "", fmt.Sprintf("%.4g", v))
	}
	for _, tick := range c.XTicks {
		line(b, "axis", s.x(tick.At), bottom, s.x(tick.At), bottom+5)
		text(b, s.x(tick.At), bottom+20, "middle", "", tick.Name)
	}
	line(b, "axis", left, bottom, right, bottom)
	line(b, "axis", left, top, left, bottom)
	text(b, (left+right)/2, bottom+44, "middle", "", c.XLabel)
	fmt.Fprintf(b, `<text transform="translate(18 %d) rotate(-90)" text-anchor="middle">%s</text>`+"\n", (top+bottom)/2, html.EscapeString(c.YLabel))
}

func (s scale) draw(b *strings.Builder, series Series) {
	if !series.Loose {
		s.join(b, series)
	}
	for _, p := range series.Points {
		mark(b, series, s.x(p.X), s.y(p.Y))
	}
}

func (s scale) join(b *strings.Builder, series Series) {
	var at []string
	for _, p := range series.Points {
		at = append(at, fmt.Sprintf("%.1f,%.1f", s.x(p.X), s.y(p.Y)))
	}
	fmt.Fprintf(b, `<polyline class="%s" points="%s"/>`+"\n", lineClass(series), strings.Join(at, " "))
}

func legend(b *strings.Builder, series Series, i int) {
	y := float64(top + 10 + i*legendStep)
	if !series.Loose {
		fmt.Fprintf(b, `<path class="%s" d="M%d %.0fh28"/>`+"\n", lineClass(series), legendX, y)
	}
	mark(b, series, legendX+14, y)
	text(b, legendX+36, y+4, "start", "", series.Name)
}

func lineClass(series Series) string {
	if series.Dashed {
		return fmt.Sprintf("s d c%d", series.Color)
	}
	return fmt.Sprintf("s c%d", series.Color)
}

func mark(b *strings.Builder, series Series, x, y float64) {
	fill := fmt.Sprintf("f%d", series.Color)
	if series.Dashed {
		fill = "open"
	}
	fmt.Fprintf(b, `<circle class="%s c%d" cx="%.1f" cy="%.1f" r="4" stroke-width="1.5"/>`+"\n", fill, series.Color, x, y)
}

func line(b *strings.Builder, class string, x1, y1, x2, y2 float64) {
	fmt.Fprintf(b, `<line class="%s" x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f"/>`+"\n", class, x1, y1, x2, y2)
}

func text(b *strings.Builder, x, y float64, anchor, class, s string) {
	if class != "" {
		class = fmt.Sprintf(` class="%s"`, class)
	}
	fmt.Fprintf(b, `<text%s x="%.1f" y="%.1f" text-anchor="%s">%s</text>`+"\n", class, x, y, anchor, html.EscapeString(s))
}
