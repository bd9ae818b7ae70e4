package sim

import (
	"fmt"
	"time"

	"peal/chord"
)

// An eventLog keeps what happens as text, from one event on.
type eventLog struct {
	from  int
	lines []string
}

// EventLog runs a simulation again and gives its last events before the
// violation as text, one line or more each.
func EventLog(cfg Config, v *Violation, last int) []string {
	cfg.Progress, cfg.Observe, cfg.Record = nil, nil, nil
	s, err := New(cfg)
	if err != nil {
		return nil
	}
	s.log = &eventLog{from: v.Event - last}
	s.Run() // ends in the violation
	return s.log.lines
}

// logf writes a line. What it tells is costly to put into words, so it is only
// called where that has been looked at, or seldom.
func (s *Simulation) logf(format string, args ...any) {
	if !s.logging() {
		return
	}
	line := fmt.Sprintf("%d %12.6f ", s.tally.events, time.Duration(s.now).Seconds())
	s.log.lines = append(s.log.lines, line+fmt.Sprintf(format, args...))
}

func (s *Simulation) logging() bool { return s.log != nil && s.tally.events > s.log.from }

func (s *Simulation) logMessage(to *peer, m *chord.Message) {
	if !s.logging() {
		return
	}
	text := ""
	if !m.Member {
		text += ", no member"
	}
	if !m.About.IsZero() {
		text += fmt.Sprintf(", about %v", m.About)
	}
	if m.Target != (chord.ID{}) {
		text += fmt.Sprintf(", target %v", m.Target)
	}
	if m.Done {
		text += ", done"
	}
	for _, list := range []struct {
		name     string
		contacts []chord.Contact
	}{{"preds", m.Preds}, {"succ", m.Succ}, {"closer", m.Closer}} {
		if len(list.contacts) > 0 {
			text += fmt.Sprintf(", %s %v", list.name, list.contacts)
		}
	}
	s.logf("%v gets %v %d of %v%s", to.self, m.Kind, m.Seq, m.From, text)
}

func (s *Simulation) logLost(from, to *peer, l *letter) {
	switch m := &l.Message; {
	case !s.logging():
	case l.data != nil:
		s.logf("    %v %d of %v to %v is lost", l.data.Kind, l.data.Seq, from.self, to.self)
	default:
		s.logf("    %v %d of %v to %v is lost", m.Kind, m.Seq, m.From, m.To)
	}
}

func (s *Simulation) logWake(p *peer) {
	if s.logging() {
		s.logf("%v has a deadline", p.self)
	}
}

func (s *Simulation) logEvent(p *peer, e chord.Event) {
	if s.logging() {
		s.logf("    %v: %s %v", p.self, eventNames[e.Kind], e.About)
	}
}

var eventNames = map[chord.EventKind]string{
	chord.Joined: "joined behind", chord.JoinFailed: "failed to join through", chord.Known: "is known to", chord.NewSuccessor: "has the successor",
	chord.NewPredecessor: "has the predecessor", chord.Suspected: "suspects", chord.Dead: "gives up",
	chord.Departed: "hears goodbye of", chord.Returned: "hears again of", chord.DisorderedSender: "ignores disorderly",
}

func (s *Simulation) logView(p *peer, v *chord.Neighbourhood) {
	if s.logging() {
		s.logf("    %v: preds %v, succ %v", p.self, v.Preds, v.Succ)
	}
}
