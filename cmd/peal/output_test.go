package main

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"peal/node"
	"peal/testnet/churn"
)

func TestNarrowTerminal(t *testing.T) {
	f := newFake(t, true)
	for _, args := range []string{"ring", "lookup key", "testnet kill 2"} {
		var out bytes.Buffer
		env := map[string]string{"PEAL_API": f.url}
		c := newCLI(console{out: &out, err: &out, lookupEnv: lookup(env), width: 60})
		if code := c.run(t.Context(), strings.Fields(args)); code != 0 {
			t.Fatalf("%s: exit %d, %s", args, code, &out)
		}
		for line := range strings.Lines(out.String()) {
			if n := utf8.RuneCountInString(strings.TrimSpace(line)); n > 60 && !strings.HasPrefix(line, "ring peal:") {
				t.Errorf("%s: a line has %d columns, want 60 at most: %s", args, n, line)
			}
		}
		end := contact(1).Peer.String()
		if !strings.Contains(out.String(), end[len(end)-12:]) {
			t.Errorf("%s printed\n%swant the end of peer ID %s in it", args, &out, end)
		}
	}
}

// Help fits too: its prose is broken anew, and what is indented is left alone.
func TestNarrowHelp(t *testing.T) {
	for verb, kept := range map[string]string{
		"status": "peers; --via names which. It then shows", "ring check": "\n  split        there are several rings; a line for each", "start": "--data DIR",
	} {
		var out bytes.Buffer
		c := newCLI(console{out: &out, err: &out, lookupEnv: lookup(nil), width: 60})
		if code := c.run(t.Context(), append(strings.Fields(verb), "--help")); code != 0 || !strings.Contains(out.String(), kept) {
			t.Fatalf("%s: exit %d, want %q in\n%s", verb, code, kept, &out)
		}
		for line := range strings.Lines(out.String()) {
			if n := utf8.RuneCountInString(strings.TrimSpace(line)); n > 60 && !strings.HasPrefix(line, "  ") {
				t.Errorf("%s: a line has %d columns, want 60 at most: %s", verb, n, line)
			}
		}
	}
	if got, want := reflow("one two\nthree\n\n  as it  is\nfour\nfive", 9), "one two\nthree\n\n  as it  is\nfour five\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

var errFull = errors.New("no space left")

// A failsOnce fails at one write, and at no other.
type failsOnce struct {
	at, writes int
}

func (w *failsOnce) Write(b []byte) (int, error) {
	w.writes++
	if w.writes-1 == w.at {
		return 0, errFull
	}
	return len(b), nil
}

// Whichever write fails, the verb says so.
func TestPrintersReturnErrors(t *testing.T) {
	for name, printed := range map[string]func(*cli) error{
		"route": func(c *cli) error { return c.printRoute("k", node.Route{Hops: make([]node.Hop, 1)}) },
		"churn": func(c *cli) error { return c.printChurnText(churn.Report{Wrong: make([]churn.Wrong, 1)}) },
		"problems": func(c *cli) error {
			return c.printProblems(node.Ring{Problems: make([]node.Problem, maxProblems+1), Peers: []node.Info{{Absent: 1}}})
		},
	} {
		for at := 0; ; at++ {
			w := &failsOnce{at: at}
			err := printed(newCLI(console{out: w, err: io.Discard, lookupEnv: lookup(nil)}))
			if w.writes <= at {
				break // there was none to fail
			}
			if !errors.Is(err, errFull) {
				t.Errorf("%s: write %d failed, and the error is %v", name, at+1, err)
			}
		}
	}
}

func TestLongFactsAreNeverShortened(t *testing.T) {
	var out strings.Builder
	facts := [][2]string{{"peer", "x"}, {"addresses", "/ip4/127.0.0.1"}, {"", "/ip4/127.0.0.2"}}
	if err := printFacts(&out, 20, facts); err != nil {
		t.Fatal(err)
	}
	if want := "peer       x\naddresses\n  /ip4/127.0.0.1\n  /ip4/127.0.0.2\n"; out.String() != want {
		t.Errorf("got\n%swant\n%s", &out, want)
	}
}

func TestProgress(t *testing.T) {
	var out bytes.Buffer
	now := time.Unix(0, 0)
	p := &progress{w: &out, doing: "importing", noun: "file", total: 10, width: 50, now: func() time.Time { return now }}
	p.last = now
	for range 5 {
		now = now.Add(linePause / 2)
		p.add(1000)
	}
	p.note("failed x: no")
	want := "importing: 2 of 10 files, 2 kB\nimporting: 4 of 10 files, 4 kB\nfailed x: no\n"
	if got := out.String(); got != want {
		t.Errorf("without a terminal got\n%swant\n%s", got, want)
	}

	out.Reset()
	p.terminal = true
	now = now.Add(barPause)
	p.set(7, 0)
	p.add(0)
	p.end()
	now = now.Add(barPause)
	p.add(0)
	p.note("failed y: no")
	want = "\r\033[Kimporting [###########-----] 7 of 10 files, 5 kB\r\033[K"
	if got := out.String(); got != want {
		t.Errorf("on a terminal got %q, want %q", got, want)
	}
}

func TestSizeText(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 999: "999 B", 1000: "1 kB", 1234: "1.23 kB", 999_999: "1 MB", 52_300_000: "52.3 MB"} {
		if got := sizeText(n); got != want {
			t.Errorf("%d bytes: %q, want %q", n, got, want)
		}
	}
}
