package chord

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var rewrite = flag.Bool("rewrite", false, "write what the stories of testdata really print into their files")

// A story is a schedule of one situation, told to real nodes. Its file is prose
// in lines that begin with #, and commands in lines that begin with >; below
// each stands what it makes the nodes do. Peers, and points of the circle, go
// by the first byte of their position.
//
//	ring A B ... [successors=R]   a finished ring; the length of the lists is kept
//	member A pred=P succ=B,C      a member that believes this
//	create A                      a ring of one
//	join A via B                  A joins or, back from a crash, joins anew
//	meet A via B                  the member A is told of B
//	crash A, leave A              without a word; with one
//	pause A, resume A             it stands still, for the others dead; it goes on
//	refuse A B                    A cannot connect to B
//	stabilize A                   A's next round begins
//	deliver A B [KIND]            A's oldest message to B
//	deliver                       all messages, until none is left
//	drop, hold A B [KIND]         it is lost; it is kept back until "release"
//	cut A B ..., heal             no message passes between these peers and the rest
//	pass 3s                       time, in which every message takes 10 ms
//	lookup 55 from A              the answer is printed when it is there
//	views [A ...]                 predecessor < peer > successor list
//	principals, check, ideal      what [Principals], [Check], [Ideal] say
//
// Told are the messages sent and, behind a star, what the peers make of them;
// after "deliver" without names only the latter, after "pass" nothing.
// A message to a dead peer is refused, as by a machine that is up, unless time
// passes: then it is lost. [Check] is asserted after every step; where it fails,
// and when it holds again, the story says so.
type story struct {
	out        strings.Builder
	now        Time
	successors int
	nodes      []*Node // by position
	lives      uint64  // booted so far
	asleep     *Node
	mail, held []letter
	apart      []string // the peers behind the cut
	passing    bool     // of time: the dead do not refuse
	broken     string   // what Check says
}

func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("stories: %v, %v", files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got, err := tell(string(want))
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			if *rewrite {
				err = os.WriteFile(file, []byte(got), 0o644)
			} else if line := firstDifference(got, string(want)); line != "" {
				err = fmt.Errorf("%s (-rewrite writes what the nodes do now)", line)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) || g[i] != w[i] {
			return fmt.Sprintf("line %d: got %q, want %q", i+1, g[min(i, len(g)-1)], w[min(i, len(w)-1)])
		}
	}
	return ""
}

// tell runs a story and gives its text with what the commands print.
func tell(text string) (string, error) {
	s := &story{successors: 3}
	for line := range strings.Lines(text) {
		command, isCommand := strings.CutPrefix(strings.TrimSpace(line), "> ")
		switch {
		case isCommand:
			s.out.WriteString(line)
			if err := s.do(strings.Fields(command)); err != nil {
				return "", fmt.Errorf("%q: %w", command, err)
			}
		case strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "":
			s.out.WriteString(line)
		}
	}
	if err := cmp.Or(Check(s.views()), Ideal(s.views(), s.successors)); err != nil {
		return "", fmt.Errorf("the end: %w", err)
	}
	return s.out.String(), nil
}

// commands are what a story can say. Names and numbers that are missing or wrong
// panic; do makes an error of it.
var commands = map[string]func(s *story, f []string){
	"ring": (*story).ring,
	"member": func(s *story, f []string) {
		pred, succ := strings.TrimPrefix(f[1], "pred="), strings.TrimPrefix(f[2], "succ=")
		s.boot(f[0]).Restore(s.now, peer(pred), peers(strings.Split(succ, ",")), nil)
	},
	"create":    func(s *story, f []string) { s.boot(f[0]).Create(s.now) },
	"join":      func(s *story, f []string) { s.boot(f[0]).Meet(s.now, peer(f[2])) },
	"meet":      func(s *story, f []string) { s.node(f[0]).Meet(s.now, peer(f[2])) },
	"leave":     func(s *story, f []string) { s.node(f[0]).Leave() },
	"crash":     func(s *story, f []string) { s.remove(peer(f[0])) },
	"pause":     func(s *story, f []string) { s.asleep = s.node(f[0]); s.remove(peer(f[0])) },
	"resume":    func(s *story, f []string) { s.wake(s.asleep) },
	"stabilize": func(s *story, f []string) { s.node(f[0]).stabilize(s.now) },
	"lookup":    func(s *story, f []string) { s.node(f[2]).Lookup(s.now, point(byteOf(f[0]))) },
	"refuse": func(s *story, f []string) {
		s.node(f[0]).Step(s.now, Message{Kind: Unreachable, From: peer(f[1]), To: peer(f[0])})
	},
	"deliver":    (*story).deliverSome,
	"drop":       func(s *story, f []string) { s.take(f) },
	"hold":       func(s *story, f []string) { s.held = append(s.held, s.take(f)) },
	"release":    func(s *story, _ []string) { s.mail, s.held = append(s.mail, s.held...), nil },
	"cut":        func(s *story, f []string) { s.apart = f },
	"heal":       func(s *story, _ []string) { s.apart = nil },
	"pass":       (*story).pass,
	"views":      (*story).tellViews,
	"principals": func(s *story, _ []string) { s.say("%s", names(Principals(s.views()))) },
	"check": func(s *story, _ []string) {
		s.broken = verdict(Check(s.views()))
		s.say("%s", cmp.Or(s.broken, "the invariants hold"))
	},
	"ideal": func(s *story, _ []string) {
		s.say("%s", cmp.Or(verdict(Ideal(s.views(), s.successors)), "ideal"))
	},
}

// do runs one command.
func (s *story) do(f []string) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	run, ok := commands[f[0]]
	if !ok {
		return errors.New("no such command")
	}
	run(s, f[1:])
	if f[0] == "ring" || f[0] == "member" {
		s.drain(nothing) // and check when all of them are there
		return nil
	}
	s.settle(messages)
	return nil
}

// ring makes the members of a finished ring.
func (s *story) ring(f []string) {
	if n, ok := strings.CutPrefix(f[len(f)-1], "successors="); ok {
		s.successors, _ = strconv.Atoi(n)
		f = f[:len(f)-1]
	}
	all := peers(f)
	for i, name := range f {
		behind := slices.Concat(all[i+1:], all[:i])
		succ := behind[:min(len(behind), s.successors)]
		s.boot(name).Restore(s.now, behind[len(behind)-1], succ, nil)
	}
}

// boot starts a peer, or starts it again with an empty memory.
func (s *story) boot(name string) *Node {
	b := byteOf(name)
	s.lives++
	n, err := New(Config{Self: at(b), Seed: s.lives, Successors: s.successors, FixFingerEvery: -1})
	if err != nil {
		panic(err)
	}
	s.wake(n)
	return n
}

func (s *story) wake(n *Node) {
	s.remove(n.Self())
	s.nodes = append(s.nodes, n)
	slices.SortFunc(s.nodes, func(a, b *Node) int { return a.Self().ID.Compare(b.Self().ID) })
}

func (s *story) remove(c Contact) {
	s.nodes = slices.DeleteFunc(s.nodes, func(n *Node) bool { return n.Self() == c })
}

func (s *story) node(name string) *Node {
	i := slices.IndexFunc(s.nodes, func(n *Node) bool { return n.Self() == peer(name) })
	if i < 0 {
		panic(name + " does not run")
	}
	return s.nodes[i]
}

func (s *story) tellViews(f []string) {
	for _, v := range s.views() {
		if len(f) == 0 || slices.Contains(f, name(v.Self)) {
			s.say("%s", sight(v))
		}
	}
}

func (s *story) views() []Neighbourhood { return (&network{nodes: s.nodes}).views() }
