package sim

import (
	"fmt"
	"slices"
	"time"

	"peal/chord"
)

// A Report tells what a simulation saw.
type Report struct {
	Peers    int     `json:"peers"` // members at the end
	Seed     uint64  `json:"seed"`
	Seconds  float64 `json:"seconds"`  // simulated, in all
	Events   int     `json:"events"`   // handled by the simulator
	Checks   int     `json:"checks"`   // of the invariants, where something had changed
	Asserted int     `json:"asserted"` // events after which all invariants had to hold; see assumption.go
	Faults   int     `json:"faults"`   // of the schedule

	Messages       int            `json:"messages"` // delivered
	MessagesByKind map[string]int `json:"messages_by_kind"`
	Bytes          int            `json:"bytes"` // of the ring's messages that were sent, about as many as on the wire
	Lost           int            `json:"lost"`  // on their way
	Duplicated     int            `json:"duplicated"`
	Bounced        int            `json:"bounced"` // for the receiver was dead

	Joined      int `json:"joined"` // the first members and restarts included
	JoinsFailed int `json:"joins_failed"`
	Left        int `json:"left"`
	Crashed     int `json:"crashed"`
	Paused      int `json:"paused"`
	Spared      int `json:"spared"`       // would have been a member's last live successor
	WronglyDead int `json:"wrongly_dead"` // times that a node gave up a live one

	Lookups     int     `json:"lookups"`
	Found       int     `json:"found"`
	Failed      int     `json:"failed"`
	Abandoned   int     `json:"abandoned"`   // the peer that looked went away
	WrongOwner  int     `json:"wrong_owner"` // found, but its first live owner is not the right one
	DeadOwner   int     `json:"dead_owner"`  // found, but the first owner named is dead
	MeanPath    float64 `json:"mean_path"`   // see the package comment for what is counted
	PathP50     int     `json:"path_p50"`
	PathP99     int     `json:"path_p99"`
	PathMax     int     `json:"path_max"`
	MeanMs      float64 `json:"mean_ms"` // until the owner was known
	P50Ms       float64 `json:"p50_ms"`
	P99Ms       float64 `json:"p99_ms"`
	TimeoutsPer float64 `json:"timeouts_per_lookup"`

	DetectedP50 float64 `json:"detected_p50"` // seconds until a neighbour gave up a crashed peer
	DetectedP99 float64 `json:"detected_p99"`

	FormedAfter   float64 `json:"formed_after"`   // seconds until a grown ring was ideal
	IdealAfter    float64 `json:"ideal_after"`    // seconds from the last fault or change of membership; -1 if never
	IdealMessages int     `json:"ideal_messages"` // sent in that time

	Data *DataReport `json:"data,omitempty"`

	TraceHash string `json:"trace_hash"`
}

// tally counts what becomes the report.
type tally struct {
	events, checks, asserted, faults                                   int
	sent, bytes, lost, duplicated, bounced, paused, idealMessages      int
	delivered                                                          [chord.Disconnected + 1]int
	booted, joined, joinsFailed, left, crashed, spared, wronglyDead    int
	lookups, found, failed, abandoned, wrongOwner, deadOwner, timeouts int
	lookupsUnderWay                                                    int
	paths                                                              []int
	latencies, detections                                              []time.Duration
	formed                                                             chord.Time
	idealAfter                                                         time.Duration
}

func (s *Simulation) report() Report {
	t := &s.tally
	slices.Sort(t.paths)
	slices.Sort(t.latencies)
	slices.Sort(t.detections)
	r := Report{
		Peers: len(s.members), Seed: s.cfg.Seed, Seconds: time.Duration(s.now).Seconds(), Events: t.events, Checks: t.checks,
		Asserted: t.asserted, Faults: t.faults, Duplicated: t.duplicated, Paused: t.paused,
		MessagesByKind: make(map[string]int), Bytes: t.bytes, Lost: t.lost, Bounced: t.bounced,
		Joined: t.joined, JoinsFailed: t.joinsFailed, Left: t.left, Crashed: t.crashed, Spared: t.spared, WronglyDead: t.wronglyDead,
		Lookups: t.lookups, Found: t.found, Failed: t.failed, Abandoned: t.abandoned, WrongOwner: t.wrongOwner, DeadOwner: t.deadOwner,
		MeanPath: mean(t.paths), PathP50: quantile(t.paths, 0.5), PathP99: quantile(t.paths, 0.99), PathMax: quantile(t.paths, 1),
		MeanMs: mean(t.latencies) / 1e6, P50Ms: milliseconds(quantile(t.latencies, 0.5)), P99Ms: milliseconds(quantile(t.latencies, 0.99)),
		TimeoutsPer: float64(t.timeouts) / float64(max(1, t.lookups)),
		FormedAfter: time.Duration(t.formed).Seconds(), IdealAfter: t.idealAfter.Seconds(), IdealMessages: t.idealMessages,
		DetectedP50: quantile(t.detections, 0.5).Seconds(), DetectedP99: quantile(t.detections, 0.99).Seconds(),
		TraceHash: fmt.Sprintf("%016x", uint64(s.trace)),
	}
	for kind, count := range t.delivered {
		if count > 0 {
			r.Messages += count
			r.MessagesByKind[chord.Kind(kind).String()] = count
		}
	}
	if s.data != nil {
		r.Data = s.data.report()
	}
	if !s.ideal {
		r.IdealAfter = -1
	}
	return r
}

// progress tells the caller how far the planned time has come.
func (s *Simulation) progress() {
	s.progressAt = s.now.Add(time.Second)
	if s.cfg.Progress == nil {
		return
	}
	total := max(s.cfg.Duration, Ends(s.cfg.Faults))
	if s.cfg.Grown {
		total += time.Duration(s.cfg.Peers) * s.cfg.JoinEvery
	}
	s.cfg.Progress(int(min(time.Duration(s.now), total)/time.Second), int(total/time.Second))
}

func mean[T int | time.Duration](list []T) float64 {
	var sum float64
	for _, v := range list {
		sum += float64(v)
	}
	return sum / float64(max(1, len(list)))
}

// quantile of a sorted list.
func quantile[T int | time.Duration](sorted []T, q float64) T {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[int(q*float64(len(sorted)-1))]
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
