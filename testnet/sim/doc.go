// Package sim runs many [chord.Node]s in one process under simulated time, to
// the last event repeatable.
//
// # What is simulated
//
// The nodes are the very ones that peers run; only their driver differs. A
// message takes a random time from an interval, or is lost. Peers join through
// a random member, crash without a word, leave with one, and come back under
// their old identity. Members look up random positions, and each result is
// judged against what the simulator knows of the whole ring.
//
// # How it works
//
// One queue holds all that is to happen, ordered by time and, at one time, by
// when it was put in. [Simulation.Run] takes out the first event, lets one node
// handle it, and puts in what follows from it. There is no goroutine and no
// clock, and the only source of randomness is a generator with a seed, so two
// runs of one [Config] are alike in every message. [Report.TraceHash] proves
// it: every delivered message and every lookup's result is folded into it.
//
// # What is checked
//
// [chord.Check] must hold all the time: after every event in a small ring, once
// every simulated second in a large one. And once peers stop coming and going,
// the ring must become [chord.Ideal]. A run that breaks either ends in an error
// with the seed, the time and the number of the event, which is all that is
// needed to see it again.
//
// The protocol promises its invariants only while every member has a live
// contact in its successor list. Therefore a crash or leave that would take a
// member's last one is skipped, and counted in [Report.Spared]. They also assume
// that no live peer is given up, which can happen where messages get lost
// ([Report.WronglyDead]): a run with much [Config.Loss] and short lists may
// break them.
//
// # What a path is
//
// The mean path is counted as Stoica et al. do (IEEE/ACM ToN 2003, section
// V.C): the requests that were answered, the one to the owner included. A lookup
// of ours often ends when the owner's predecessor has named the owner; then one
// more is counted for the owner. One that the origin answered from its own
// successor has length 1, and 0 if the origin is itself the owner. Requests that
// timed out are counted apart.
package sim
