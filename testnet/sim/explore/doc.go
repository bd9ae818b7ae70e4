// Package explore visits every state that a small ring of [chord.Node]s can
// come to, in whatever order things happen.
//
// # Why
//
// Zave's proof ("Reasoning about identifier spaces: how to make Chord correct",
// IEEE TSE 2017) is about rings of at least r+1 members, where r is the length
// of the successor list, and about a model in which a peer reads another's state
// and acts on it in one instant. A ring begins smaller than that, and real
// messages take their time. [Run] covers what the proof leaves out, for rings
// of up to six peers: it runs the code that peers run, and tries everything.
//
// # What can happen
//
// At each step one of these: a message arrives, whichever of those under way
// and however old (or, with [Config.InOrder], the
// oldest from any one peer); a member begins a round of stabilize; a peer joins through
// any member; one crashes, or leaves; a message to the dead comes back, or a
// request to the dead times out; a lookup goes on after its pause. A [Config]
// bounds how often those may happen that do not follow from others, so that the
// states are finitely many. Those that differ in nothing that matters are one:
// times and the numbers of requests do not count.
//
// # What must hold
//
// In every state [chord.Check] holds, nobody lists itself or a peer that is no
// member yet, and whoever answered a lookup named its successors as the owners
// or contacts nearer to the target. In every step a member adopts as successor
// or predecessor only the peer that has just spoken to it, and a predecessor
// that lives gives way only to a closer one. From every state with nothing under
// way the ring becomes [chord.Ideal] within a few rounds and stays so, and then
// every lookup finds the true owner.
//
// # What is assumed
//
// What the proof assumes: nobody alive is taken for dead, and a peer fails only
// if every member still has a live contact in its list without it (see
// maySpare). Random choices, the adaptive timeouts and the failure detector are
// left out, since they decide only when something happens, and here everything
// may happen at any time. [chord.Changed], after which a member asks a neighbour that a
// round asks as well, only earlier, is left out for the same reason. So are fingers beyond the contacts heard from, peers
// that come back, and more than one ring.
package explore
