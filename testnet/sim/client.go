package sim

import (
	"strconv"
	"time"

	"peal/chord"
	"peal/node/replica"
)

// callKind says what a client wants.
type callKind uint8

const (
	putCall callKind = iota
	deleteCall
	touchCall
	getCall
	listCall
	leaveCall // of the peer itself
)

var callNames = [...]string{"put", "delete", "touch", "get", "list", "leave"}

// String is the kind's name.
func (k callKind) String() string { return callNames[k] }

// writes reports whether the kind leads to a new version.
func (k callKind) writes() bool { return k <= touchCall }

// A call is an operation of a client that waits for its outcome.
type call struct {
	kind   callKind
	key    *key
	began  chord.Time
	sure   assurance // of the key, when the operation began
	losses int       // of the key, until then
	last   bool      // read in the end

	listing *listing // that it continues

	quorum int             // W or R of its own; 0: the ring's
	ttl    time.Duration   // of a write; 0: for ever
	knew   []chord.Contact // who had what was sure, when a write began

	number    int               // of a put
	condition replica.Condition // of a write
	expects   replica.Version   // what the condition names
	calm      bool              // the ring was ideal when it began
}

// begin starts an operation at its coordinator. Here alone replicas are told of one.
func (s *Simulation) begin(p *peer, c *call) {
	now := s.timeOfDay(p)
	until := now.Add(s.cfg.Data.Deadline)
	r := p.data.replica
	var id replica.OpID
	switch c.kind {
	case putCall, deleteCall, touchCall:
		id = r.Put(now, until, s.data.change(c))
	case getCall:
		id = r.Get(now, until, c.key.name, c.quorum)
	case listCall:
		id = r.List(now, now.Add(listTakes), c.listing.prefix, c.listing.after, listPage)
	case leaveCall:
		id = r.Leave(now, now.Add(handOverTakes))
	}
	s.data.waiting++
	c.calm = s.ideal
	if c.sure.version != (replica.Version{}) && c.kind.writes() {
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
		s.data.began = s.now
		s.repeat(s.cfg.Data.Rate, s.operate)
		s.repeat(1, s.assureAll)
	}
}

// operate lets a client begin something through a random member.
func (s *Simulation) operate() {
	p, k := s.members[s.data.clients.below(len(s.members))], s.data.keys[s.data.clients.below(len(s.data.keys))]
	c := &call{kind: getCall, key: k, began: s.now, sure: k.sure, losses: k.losses}
	switch n := s.data.clients.below(20); {
	case n < 8:
		c.kind = putCall
	case n < 11:
		c.kind = deleteCall
	case n < 13:
		c.kind = touchCall
	}
	if w := s.cfg.Data.Writing; w > 0 && s.now > s.data.began.Add(w) {
		c.kind = getCall
	}
	if s.data.clients.below(3) == 0 && (c.kind == putCall || c.kind == touchCall) {
		c.ttl = s.data.clients.upTo(s.cfg.Data.TTL)
	}
	if c.kind.writes() && s.data.clients.below(5) == 0 {
		c.condition, c.expects = s.data.condition(k)
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

// change is what a write does. The value of a put says what number it is.
func (d *dataPlane) change(c *call) replica.Change {
	change := replica.Change{Key: c.key.name, Deleted: c.kind == deleteCall, Touch: c.kind == touchCall, TTL: c.ttl, W: c.quorum, If: c.condition}
	if c.kind == putCall {
		c.number = len(d.puts)
		change.Value = strconv.AppendInt(nil, int64(c.number), 10)
		d.puts = append(d.puts, put{key: c.key})
	}
	return change
}

// condition is one that a client may set who has seen a version of a key, be it the
// last one or not.
func (d *dataPlane) condition(k *key) (replica.Condition, replica.Version) {
	expects := [...]replica.Version{{}, k.seen, k.before}[d.clients.below(3)]
	if expects == (replica.Version{}) {
		return replica.Condition{Absent: true}, expects
	}
	return replica.Condition{Version: expects.String()}, expects
}

// abandon ends the calls of a peer that is gone. What became of its writes nobody
// knows.
func (d *dataPlane) abandon(h *holder) {
	for _, c := range h.calls {
		d.waiting--
		switch {
		case c.kind.writes():
			d.tally.Unknown++
		case c.kind == getCall:
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
	if o.Error == replica.NoError && c.key != nil && o.Record.Version.Compare(c.key.seen) > 0 {
		c.key.seen, c.key.before = o.Record.Version, c.key.seen
	}
	switch {
	case c.kind == leaveCall:
		h, well := p.data, o.Error == replica.NoError
		s.at(s.now, func() { s.goodbye(p, h, well) })
	case c.kind == listCall:
		s.turnPage(p, c, o)
	case c.last:
		s.judgeLastRead(p, c, o)
	case c.kind == getCall && o.Error != replica.NoError:
		s.data.tally.ReadsFailed++
	case c.kind == getCall:
		s.data.tally.Reads++
		s.judgeRead(p, c, o)
	case o.Error == replica.NoError:
		s.data.tally.Acknowledged++
		s.noteRecord(&o.Record)
		s.judgeWrite(p, c, o)
	case o.Error == replica.Missing || o.Error == replica.Conflict:
		s.data.tally.Declined++
		s.judgeDeclined(p, c, o)
	case o.Error == replica.NoPeer || o.Error == replica.ClockRefused:
		s.data.tally.Failed++
	default:
		s.data.tally.Unknown++
	}
}
