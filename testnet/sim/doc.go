// Package sim runs many [chord.Node]s in one process under simulated time, to
// the last event repeatable.
//
// # What is simulated
//
// The nodes are the very ones that peers run; only their driver differs. A
// message takes a random time, or is lost, or comes twice; every peer has a
// clock of its own, which may run a little wrong. Peers join through a random
// member, crash without a word, leave with one, come back under their old
// identity, and stand still for a while with their old state. Members look up
// random positions, and each result is judged against what the simulator knows
// of the whole ring.
//
// What goes wrong comes at random times, so many a second, or follows a schedule:
// a list of [Fault]s, which is data and can be kept in a file. [Mixed] makes
// one up, [MixedConfig] a whole run, and [Shrink] finds the few faults of a
// schedule that matter.
//
// # The data
//
// With [Data] every peer carries a [replica.Replica] and a disk as well, driven as
// package node drives them, and clients write, read, touch and delete keys through random
// members. Its messages travel over the same links. Clocks show different times of
// day; disks refuse writes, are full, slow, damage what they hold, or are lost; a
// crashed peer comes back with its disk. oracle.go says what is then checked.
//
// # How it works
//
// One queue holds all that is to happen, ordered by time and, at one time, by
// when it was put in. [Simulation.Run] takes out the first event, lets one node
// handle it, and puts in what follows from it. There is no goroutine and no
// clock; all randomness comes from streams that follow from the seed, by
// integer arithmetic alone. So two runs of one [Config] are alike in every
// message, on every machine. [Report.TraceHash] proves it: every delivered
// message and every lookup's result is folded into it.
//
// # What is checked
//
// Well-formed lists are asserted in every state, and all of [chord.Check] as long
// as the assumption of its proof holds, that no live peer is given up; see
// assumption.go for what that means to the letter, and [Report.Asserted] for how
// often it was so. Once the last fault is over the ring must become
// [chord.Ideal] within [Config.SettleFor]. A run that breaks any of this ends in
// a [Violation]; [EventLog] tells what led to it.
//
// The protocol promises its invariants only while every member has a live
// contact in its successor list. Therefore a crash or leave that would take a
// member's last one is skipped, and counted in [Report.Spared].
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
