// Package recording keeps what happened on a ring in a file, and shows it again.
//
// # The file
//
// A recording is JSON lines. The first line is the [Header]: the version of the
// format, where the recording comes from, and what is needed to run it again.
// Every other line is a [node.Event], in the very form that the dashboard's
// stream has, whichever of three sources it comes from: a peer, a testnet or the
// simulator. Simulated time begins in 1970, so that the time of a line is also
// the time since the start.
//
// Three kinds of lines are no entries of a log, but tell how the ring looks:
//
//	view   what a peer knows of itself has changed; "view" has what is different
//	gone   the peer is no longer there
//	ring   what was said of the ring as a whole, in "ring"
//
// In a view, peers are named by the first 16 digits of their positions. One that
// was not named before stands in full in "contacts" of that line, so a file that
// lacks its end is still complete up to there. In a recording of the simulator a
// view comes right before the event that made it. A peer and a testnet are looked
// at in turns instead: the view comes up to a pause after its event, which is 2 s
// for a peer and 250 ms for a testnet, and the time that the look takes.
//
// # Playing it
//
// [Load] reads a file into memory, with a complete picture every thousand lines
// or so, from which any moment is a short way: that makes going back as cheap as
// going forward. A [Player] has the clock: it plays, pauses, steps and seeks. It
// has no goroutine; time passes only while somebody looks.
//
// Files come from strangers. A line, the file, every list in it, and how many
// lines, peers, hops and replicas it may have in all are bounded, so that none
// takes more than about half a gigabyte of memory beside its own size; positions
// are computed and not believed; and a file that is damaged, or newer than this
// program, is refused with the number of the line. A [Writer] stops at the same
// bounds, so that what was recorded can be played.
package recording
