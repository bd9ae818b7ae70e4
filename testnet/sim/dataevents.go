package sim

import (
	"fmt"

	"peal/chord"
	"peal/node/replica"
)

// What happens to the data, for the trace and for the event log.

func (t *trace) text(s string) {
	t.word(uint64(len(s)))
	for i := range len(s) {
		t.word(uint64(s[i]))
	}
}

func (t *trace) version(v replica.Version) {
	t.word(v.Wall)
	t.word(uint64(v.Count))
	t.text(string(v.Writer))
}

func (t *trace) data(now chord.Time, m *replica.Message) {
	t.word(uint64(now))
	t.word(uint64(m.Kind))
	t.text(string(m.From))
	t.text(string(m.To))
	t.word(m.Seq)
	t.word(uint64(m.Refused))
	t.flag(m.Complete)
	t.word(uint64(len(m.Ranges)))
	for i := range m.Records {
		t.text(m.Records[i].Key)
		t.version(m.Records[i].Version)
	}
	for i := range m.Items {
		t.text(m.Items[i].Key)
		t.version(m.Items[i].Version)
	}
}

func (t *trace) outcome(now chord.Time, o *replica.Outcome) {
	t.word(uint64(now))
	t.word(uint64(o.Op))
	t.word(uint64(o.Error))
	t.version(o.Record.Version)
}

func (s *Simulation) logData(to *peer, m *replica.Message) {
	if !s.logging() {
		return
	}
	text := ""
	for _, rec := range m.Records {
		text += fmt.Sprintf(", %q version %v", rec.Key, rec.Version)
	}
	for _, it := range m.Items {
		text += fmt.Sprintf(", names %q version %v", it.Key, it.Version)
	}
	if m.Key != "" {
		text += fmt.Sprintf(", of %q", m.Key)
	}
	if m.Kind == replica.Answer || m.Kind == replica.Listed {
		text += fmt.Sprintf(", complete %v", m.Complete)
	}
	if m.Refused != 0 {
		text += fmt.Sprintf(", refused for reason %d", m.Refused)
	}
	for _, r := range m.Ranges {
		text += fmt.Sprintf(", %d on %v", r.Count, r.Arc)
	}
	s.logf("%v gets %v %d of %v%s", to.self, m.Kind, m.Seq, s.contact(m.From), text)
}

func (s *Simulation) logDrop(p *peer, it *replica.Item) {
	if s.logging() {
		s.logf("    %v drops %q version %v, deleted %v", p.self, it.Key, it.Version, it.Deleted)
	}
}

func (s *Simulation) logCall(p *peer, c *call) {
	if !s.logging() {
		return
	}
	name := ""
	if c.key != nil {
		name = fmt.Sprintf(" %q", c.key.name)
	}
	s.logf("%v begins a %v%s", p.self, c.kind, name)
}

func (s *Simulation) logOutcome(p *peer, c *call, o *replica.Outcome) {
	if s.logging() {
		s.logf("    %v: %v of %q begun at %v ends with error %d, version %v, replicas %v", p.self, c.kind, o.Record.Key, c.began, o.Error, o.Record.Version, o.Replicas)
	}
}
