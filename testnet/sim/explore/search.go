package explore

import (
	"fmt"
	"slices"

	"peal/chord"
)

// A Report says what was explored.
type Report struct {
	Config Config `json:"-"` // with the defaults filled in

	Arrangements int  `json:"arrangements"`  // ways to put the joiners into the gaps
	States       int  `json:"states"`        // different states of the whole
	Transitions  int  `json:"transitions"`   // from one of them to the next
	Depth        int  `json:"depth"`         // the longest shortest way to a state, in steps
	Quiet        int  `json:"quiet"`         // states with nothing under way, from each of which the ring became ideal
	SettleRounds int  `json:"settle_rounds"` // fair rounds that it took at most
	NodeStates   int  `json:"node_states"`   // different states of a single node
	Complete     bool `json:"complete"`      // nothing was left out
}

// A Violation is a way in which the ring broke.
type Violation struct {
	Config Config
	Broken error    // the invariant
	Steps  []string // what happened, with all members' lists after each step
}

// Error names the invariant, and how many steps led there.
func (v *Violation) Error() string {
	return fmt.Sprintf("%v, after %d steps", v.Broken, len(v.Steps)-1)
}

// Unwrap is the invariant.
func (v *Violation) Unwrap() error { return v.Broken }

// Run explores all that can happen. A broken invariant ends it with a
// [*Violation], which has one of the shortest ways there.
func Run(cfg Config) (Report, error) { return run(cfg, nil) }

func run(cfg Config, tamper func(*chord.Message)) (Report, error) {
	if err := cfg.validate(); err != nil {
		return Report{}, err
	}
	total := Report{Config: cfg, Complete: true}
	for _, joiners := range arrangements(cfg.Members, cfg.Joiners) {
		s := newSearch(cfg, joiners)
		s.tamper = tamper
		s.report.Arrangements = 1
		s.report.Complete = true
		err := s.run()
		total.add(s.report)
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

func (r *Report) add(of Report) {
	r.Arrangements += of.Arrangements
	r.States += of.States
	r.Transitions += of.Transitions
	r.Depth = max(r.Depth, of.Depth)
	r.Quiet += of.Quiet
	r.SettleRounds = max(r.SettleRounds, of.SettleRounds)
	r.NodeStates += of.NodeStates
	r.Complete = r.Complete && of.Complete
}

// A search goes breadth first, so that the first way to a broken invariant is a
// shortest one.
type search struct {
	*automaton
	cfg     Config
	report  Report
	first   world
	unborn  [maxPeers]uint32 // the state of each joiner before it joins
	visited hashSet
	links   []link // how each visited world was reached, in that order
	level   []uint32
	beyond  []uint32                  // the worlds one step farther
	sound   map[[maxPeers]uint32]bool // views that keep the invariants together
	settled map[uint64]bool           // worlds that become ideal
	words   []uint32
}

// A link leads to a world from the one with number from.
type link struct {
	from uint32
	move move
}

// run visits all worlds.
func (s *search) run() error {
	if err := s.visit(&s.first, link{}); err != nil {
		return err
	}
	var list []move
	var w world
	for number := uint32(0); len(s.beyond) > 0; s.report.Depth++ {
		s.level, s.beyond = s.beyond, s.level[:0]
		for rest := s.level; len(rest) > 0; number++ {
			rest = w.decode(rest)
			list = s.moves(&w, list[:0])
			if err := s.expand(&w, number, list); err != nil {
				return err
			}
			if s.enough(number) {
				s.report.Complete = false
				return nil
			}
		}
	}
	s.report.Depth--
	return nil
}

// enough reports whether to end before everything has been visited.
func (s *search) enough(number uint32) bool {
	return s.report.States > s.cfg.MaxStates || number%stopPause == 0 && s.cfg.Stop != nil && s.cfg.Stop()
}

// stopPause is the number of states between two questions whether to stop.
const stopPause = 4096

func (s *search) expand(w *world, number uint32, list []move) error {
	var next world
	for _, m := range list {
		mail := append(next.mail[:0], w.mail...)
		next = *w
		next.mail = mail
		s.report.Transitions++
		way := link{number, m}
		if err := s.apply(&next, m); err != nil {
			return s.violation(err, way)
		}
		if err := s.visit(&next, way); err != nil {
			return err
		}
	}
	return nil
}

// visit checks a world that is new, and keeps it to go on from there.
func (s *search) visit(w *world, way link) error {
	begin := len(s.beyond)
	s.beyond = w.encode(s.beyond)
	if !s.visited.add(hash(s.beyond[begin:])) {
		s.beyond = s.beyond[:begin]
		return nil
	}
	s.links = append(s.links, way)
	s.report.States++
	s.report.NodeStates = len(s.states) - firstState
	if err := s.check(w); err != nil {
		return s.violation(err, way)
	}
	if len(w.mail) > 0 {
		return nil
	}
	s.report.Quiet++
	if err := s.settle(*w); err != nil {
		return s.violation(err, way)
	}
	return nil
}

// newSearch makes the first world: an ideal ring, and nobody has joined yet.
func newSearch(cfg Config, joiners uint) *search {
	s := &search{
		automaton: newAutomaton(places(cfg.Members+cfg.Joiners), cfg.Successors),
		cfg:       cfg,
		sound:     make(map[[maxPeers]uint32]bool),
		settled:   make(map[uint64]bool),
	}
	s.first.left = budget{uint8(cfg.Rounds), uint8(cfg.Crashes), uint8(cfg.Leaves), uint8(cfg.Losses), uint8(cfg.Duplicates)}
	var ring []chord.Contact
	for p, c := range s.contacts {
		if joiners>>p&1 == 0 {
			ring = append(ring, c)
		}
	}
	for p, c := range s.contacts {
		n := s.newNode(p, cfg.Cache)
		if joiners>>p&1 == 0 {
			restore(n, ring, slices.Index(ring, c))
			s.first.nodes[p] = s.start(n, p)
		} else {
			s.unborn[p] = s.start(n, p)
		}
	}
	return s
}

func (s *search) start(n *chord.Node, p int) uint32 {
	n.Ready()
	return s.intern(n, 1, p, n.Open())
}

// restore makes a node a member of an ideal ring. It lists itself behind the
// others, so that a list with room for all knows that it has all.
func restore(n *chord.Node, ring []chord.Contact, i int) {
	if len(ring) == 1 {
		n.Create(0)
		return
	}
	others := append(slices.Clone(ring[i+1:]), ring[:i]...)
	n.Restore(0, others[len(others)-1], append(others, ring[i]), others)
}

// places are peers at even distances round the circle. Positions are hashes of
// names, so names are tried until one fits.
func places(count int) []chord.Contact {
	list := make([]chord.Contact, count)
	for i := range list {
		for try := 0; list[i].IsZero(); try++ {
			c := chord.NewContact(chord.PeerID(fmt.Sprintf("%c%d", 'A'+i, try)), 0)
			if c.ID[0] == byte(i*256/count+8) {
				list[i] = c
			}
		}
	}
	return list
}

// view is what a live node shows.
func (s *search) view(w *world, p int) *view { return &s.views[s.states[w.nodes[p]].view] }
