package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

func (c *cli) json() bool { return c.output == "json" }

// printJSON prints a value as indented JSON.
func (c *cli) printJSON(v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return c.passJSON(raw)
}

// passJSON prints what the API answered without decoding it, so that nothing
// is lost that this program does not know of.
func (c *cli) passJSON(raw []byte) error {
	var b bytes.Buffer
	if err := json.Indent(&b, bytes.TrimSpace(raw), "", "  "); err != nil {
		return fail(codeError, "the answer is no JSON (%v): is --api right?", err)
	}
	b.WriteByte('\n')
	_, err := b.WriteTo(c.out)
	return err
}

// printf prints a line of text.
func (c *cli) printf(format string, args ...any) error {
	_, err := fmt.Fprintf(c.out, format, args...)
	return err
}

// A column of a table.
type column struct {
	title  string
	right  bool // aligned to the right
	shrink bool // shortened where the table is too wide
}

// A table is text in aligned columns, two spaces apart.
type table struct {
	columns []column
	rows    [][]string
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// shortest is what a shrunken cell keeps at least.
const shortest = 9

// print fits the table into so many columns of the terminal; 0 for any number.
func (t *table) print(w io.Writer, width int) error {
	titles := make([]string, len(t.columns))
	for i, col := range t.columns {
		titles[i] = col.title
	}
	lines := append([][]string{titles}, t.rows...)
	widths := t.widths(lines, width)
	var b strings.Builder
	for _, cells := range lines {
		b.WriteString(t.line(cells, widths))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (t *table) widths(lines [][]string, width int) []int {
	widths := make([]int, len(t.columns))
	total := 2 * (len(widths) - 1)
	for i := range widths {
		for _, cells := range lines {
			widths[i] = max(widths[i], utf8.RuneCountInString(cells[i]))
		}
		total += widths[i]
	}
	for i, col := range t.columns {
		if over := total - width; width > 0 && over > 0 && col.shrink && widths[i] > shortest {
			kept := max(widths[i]-over, shortest)
			total -= widths[i] - kept
			widths[i] = kept
		}
	}
	return widths
}

func (t *table) line(cells []string, widths []int) string {
	var b strings.Builder
	for i, col := range t.columns {
		cell := shorten(cells[i], widths[i])
		pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
		if col.right {
			cell = pad + cell
		} else {
			cell += pad
		}
		if i > 0 {
			b.WriteString("  ")
		}
		b.WriteString(cell)
	}
	return strings.TrimRight(b.String(), " ") + "\n"
}

// shorten takes from the middle: peer IDs begin alike and differ at their end.
func shorten(s string, width int) string {
	r := []rune(s)
	if len(r) <= width {
		return s
	}
	tail := (width - 1) * 2 / 3
	return string(r[:width-1-tail]) + "…" + string(r[len(r)-tail:])
}

// printFacts prints names and their values. A value that is too long for its
// line is never shortened, since it may be there to be copied: it goes on the
// next line.
func printFacts(w io.Writer, width int, facts [][2]string) error {
	indent := 0
	for _, fact := range facts {
		indent = max(indent, len(fact[0])+2)
	}
	var b strings.Builder
	for _, fact := range facts {
		if width > 0 && indent+utf8.RuneCountInString(fact[1]) > width {
			if fact[0] != "" {
				fmt.Fprintln(&b, fact[0])
			}
			fmt.Fprintf(&b, "  %s\n", fact[1])
			continue
		}
		fmt.Fprintf(&b, "%-*s%s\n", indent, fact[0], fact[1])
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func seconds(s float64) string { return fmt.Sprintf("%.1f s", s) }

// counted is "1 peer" or "2 peers".
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
