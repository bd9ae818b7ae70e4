package main

import (
	"io"
	"os"
	"strconv"

	"golang.org/x/term"
)

// A console is what a run sees of the outside world, so that tests can give it
// another one.
type console struct {
	in          io.Reader
	out, err    io.Writer
	lookupEnv   func(string) (string, bool)
	inTerminal  bool // in is a terminal
	outTerminal bool // out is a terminal
	errTerminal bool // err is a terminal
	width       int  // columns that tables may take; 0 for any number
}

// getenv is "" for a variable that is not set.
func (c console) getenv(name string) string {
	value, _ := c.lookupEnv(name)
	return value
}

// system is the console of the process.
func system() console {
	c := console{in: os.Stdin, out: os.Stdout, err: os.Stderr, lookupEnv: os.LookupEnv}
	c.inTerminal = term.IsTerminal(int(os.Stdin.Fd()))
	c.outTerminal = term.IsTerminal(int(os.Stdout.Fd()))
	c.errTerminal = term.IsTerminal(int(os.Stderr.Fd()))
	if width, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil {
		c.width = width
	}
	if width, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && width > 0 {
		c.width = width
	}
	return c
}
