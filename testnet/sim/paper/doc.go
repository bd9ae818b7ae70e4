// Package paper measures again, with our own code, what the Chord paper
// measured: Stoica et al., "Chord: a scalable peer-to-peer lookup protocol for
// Internet applications" (IEEE/ACM ToN 2003), section V.
//
//   - path length against the number of peers (V.C),
//   - lookups right after many peers failed at once, with no repair (V.D),
//   - lookups while peers join and leave all the time (V.E),
//   - the keys that a peer has to keep, against positions a peer (V.B).
//
// Each figure stands beside the published one, and each lookup experiment is
// run in two ways. "As in the paper" sets our nodes up as theirs were: no
// location cache, their successor lists and their slow rounds. "As shipped" is
// the default [chord.Config], with everything that Peal adds.
//
// # How it counts
//
// Path length is what package sim says: the requests that were answered, the
// one to the owner included. A timeout is a request to a dead peer. A lookup
// of ours may end with the word of the owner's predecessor, which can name peers
// that died; a client would find that out itself, so each of those counts as a
// timeout here. A failure is a lookup that names no owner, or of which the first
// live owner named is not the first member at or behind the key when the lookup
// ends, as the simulator knows it. A lookup whose own peer goes away meanwhile
// counts nowhere.
//
// # How it is driven
//
// [New] makes a [Report] with the published figures filled in, and
// [Report.Jobs] the simulations that fill in ours: independent of each other,
// so that a caller may run them in parallel. A job is as repeatable as the
// simulator: the seed decides all.
package paper
