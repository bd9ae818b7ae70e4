// Package chord is the ring protocol of Peal: identifiers on a circle, a
// successor list and a predecessor that stay right while peers come and go,
// a finger table, and lookups.
//
// # How it is driven
//
// [Node] is a pure state machine. It has no goroutine, clock, lock, IO or
// global randomness: time and messages come in as arguments, and what it wants
// done comes out of [Node.Ready]. Its driver
//
//   - calls [Node.Step] for every message that arrived and [Node.Tick] when
//     [Node.Deadline] has come, with times that never go backwards,
//   - then drains Ready: sends the Messages, hands each Found to whoever
//     called [Node.Lookup], and publishes the Events.
//
// A message may be lost, repeated or overtaken; a request that is not answered
// in time is handled inside. Two drivers exist, the event loop of package node
// and the simulator, and both run this code.
//
// # What it promises
//
// The ring is maintained by the protocol of Pamela Zave, "Reasoning about
// identifier spaces: how to make Chord correct" (IEEE TSE 2017), since no
// published version of Chord's own pseudo-code keeps its invariants:
//
//   - join: a joiner looks for the member m before its place, takes over m's
//     successor list whole and m as predecessor, and only then is a member
//     (join.go).
//   - stabilize: a member asks the head of its successor list for its state.
//     A dead head is dropped; a live one yields a fresh list, and if the
//     head's predecessor lies in between, that one is asked, and adopted as
//     head if it answers. Then the head is notified (stabilize.go).
//   - rectify: a notified member adopts the notifier as predecessor if it is
//     closer; otherwise it pings its predecessor, and only a dead one gives
//     way (stabilize.go).
//
// Two rules stand behind all of it. A member puts no contact at the head of its
// list, and takes none for its predecessor, that it has not itself heard from;
// only a joiner takes over a head on m's word, and asks it at once. And a reply
// to a maintenance query is dropped if successor list or predecessor changed
// since the query left. [Check] states the invariants that hold in every reachable state, and
// [Ideal] the state that the ring reaches when nothing fails for a while.
//
// Fingers and lookups follow Stoica et al., "Chord: a scalable peer-to-peer
// lookup protocol for Internet applications" (IEEE/ACM ToN 2003). Lookups are
// iterative: the peer that looks up asks each hop itself. Beside the fingers, a
// bounded location cache remembers every contact heard from, densely near the
// peer itself, so that in rings of up to a few thousand peers most lookups need
// one request. Neither fingers nor cache matter to the ring's correctness.
// [Node.LookupConfirmed] spends one request more to have the owner agree.
package chord
