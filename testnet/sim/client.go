package sim

import (
	"strconv"

	"peal/chord"
	"peal/node/replica"
)

// callKind says what a client wants.
type callKind uint8

const (
	putCall callKind = iota
	deleteCall
	getCall
	leaveCall // of the peer itself
)

var callNames = [...]string{"put", "delete", "get", "leave"}

// A call is an operation of a client that waits for its outcome.
type call struct {
	kind   callKind
	key    *key
	began  chord.Time
	sure   assurance       // of the key, when the operation began
	losses int             // of the key, until then
	last   bool            // read in the end
	quorum int             // W or R of its own; 0: the ring's
	knew   []chord.Contact // who had what was sure, when a write began
}

// begin starts an operation at its coordinator. Here alone replicas are told of one.
func (s *Simulation) begin(p *peer, c *call) {
	now := s.timeOfDay(p)
	until := now.Add(s.cfg.Data.Deadline)
	r := p.data.replica
	var id replica.OpID
	switch c.kind {
	case putCall, deleteCall:
		value := s.data.value(c)
		id = r.Put(now, until, replica.Change{Key: c.key.name, Value: value, Deleted: c.kind == deleteCall, W: c.quorum})
	case getCall:
		id = r.Get(now, until, c.key.name, c.quorum)
	case leaveCall:
		id = r.Leave(now, now.Add(handOverTakes))
	}
	s.data.waiting++
	if c.sure.version != (replica.Version{}) && c.kind != getCall {
		c.knew = s.holders(c.key, c.sure.version)
	}
	p.data.calls[id] = c
	p.data.stirred = true
	s.logCall(p, c)
	s.settleUp(p)
}

// useData lets clients begin operations while the work lasts.
func (s *Simulation) useData() {
	if s.data != nil {
		s.repeat(s.cfg.Data.Rate, s.operate)
		s.repeat(1, s.assureAll)
	}
}

// operate lets a client begin something through a random member.
func (s *Simulation) operate() {
	p, k := s.members[s.data.clients.below(len(s.members))], s.data.keys[s.data.clients.below(len(s.data.keys))]
	c := &call{kind: getCall, key: k, began: s.now, sure: k.sure, losses: k.losses}
	switch n := s.data.clients.below(20); {
	case n < 9:
		c.kind = putCall
	case n < 12:
		c.kind = deleteCall
	}
	switch s.data.clients.below(10) {
	case 0:
		c.quorum = 1
	case 1:
		c.quorum = s.cfg.Data.Replica.N
	}
	if !p.paused() {
		s.begin(p, c)
	}
}

// value is that of a new write, which says what number it is.
func (d *dataPlane) value(c *call) []byte {
	d.writes = append(d.writes, written{c.key, c.kind == deleteCall})
	if c.kind == deleteCall {
		return nil
	}
	return strconv.AppendInt(nil, int64(len(d.writes)-1), 10)
}

// abandon ends the calls of a peer that is gone. What became of its writes nobody
// knows.
func (d *dataPlane) abandon(h *holder) {
	for _, c := range h.calls {
		d.waiting--
		switch c.kind {
		case putCall, deleteCall:
			d.tally.Unknown++
		case getCall:
			d.tally.ReadsFailed++
		}
	}
}

// answer hands an outcome to the client that waits for it.
func (s *Simulation) answer(p *peer, o *replica.Outcome) {
	c, ok := p.data.calls[o.Op]
	if !ok {
		return
	}
	delete(p.data.calls, o.Op)
	s.data.waiting--
	s.trace.outcome(s.now, o)
	s.logOutcome(p, c, o)
	switch {
	case c.kind == leaveCall:
		h, well := p.data, o.Error == replica.NoError
		s.at(s.now, func() { s.goodbye(p, h, well) })
	case c.last:
		s.judgeLastRead(p, c, o)
	case c.kind == getCall && o.Error != replica.NoError:
		s.data.tally.ReadsFailed++
	case c.kind == getCall:
		s.data.tally.Reads++
		s.judgeRead(p, c, o)
	case o.Error == replica.NoError:
		s.data.tally.Acknowledged++
		s.judgeWrite(p, c, o)
	case o.Error == replica.NoPeer || o.Error == replica.ClockRefused:
		s.data.tally.Failed++
	default:
		s.data.tally.Unknown++
	}
}
