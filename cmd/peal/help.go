package main

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// How wide help texts are where there is room: prose as it is written, and flags.
const (
	proseWidth = 90
	flagsWidth = 80
)

// fitHelp fits the help of a command and of those below it into so many columns; 0 for
// any number.
func fitHelp(cmd *cobra.Command, width int) {
	if width <= 0 {
		width = proseWidth
	}
	flags := fmt.Sprintf(".FlagUsagesWrapped %d", min(width, flagsWidth))
	cmd.SetUsageTemplate(strings.ReplaceAll(cmd.UsageTemplate(), ".FlagUsages", flags))
	if width < proseWidth {
		reflowHelp(cmd, width)
	}
}

func reflowHelp(cmd *cobra.Command, width int) {
	cmd.Long = reflow(cmd.Long, width)
	for _, verb := range cmd.Commands() {
		reflowHelp(verb, width)
	}
}

// reflow breaks the lines of paragraphs anew. What is indented stays as it is.
func reflow(text string, width int) string {
	var b strings.Builder
	column := 0 // of a paragraph; 0 where it begins
	end := func() {
		if column > 0 {
			b.WriteByte('\n')
		}
		column = 0
	}
	for line := range strings.Lines(text) {
		if line == "\n" || strings.HasPrefix(line, " ") {
			end()
			b.WriteString(line)
			continue
		}
		for _, word := range strings.Fields(line) {
			n := utf8.RuneCountInString(word)
			if column+1+n > width {
				end()
			}
			if column > 0 {
				b.WriteByte(' ')
				column++
			}
			b.WriteString(word)
			column += n
		}
	}
	end()
	return b.String()
}
