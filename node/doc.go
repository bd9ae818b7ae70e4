// Package node is one running peer of the ring: it drives the pure cores of
// packages chord and replica, and offers what they do as a blocking Go API.
//
// A [Node] lives in turns, one at a time. Whatever happens, a message or a call, is put
// into its inbox. A turn takes everything that has gathered, steps the cores, and has what
// they want written committed in one batch, beside the turns if the store is slow. Only
// then are the messages sent and the calls answered that depend on it; all else goes on
// meanwhile. While the disk is busy the next batch gathers: group commit needs no code of
// its own.
//
// Whoever brings something takes a turn, unless one is under way: to wake another goroutine
// would cost more than most turns take. What comes meanwhile is left to the event loop, a
// goroutine that also takes a turn when time has passed. So a caller works for others for
// one turn at most. News of connections is left to the loop, too: libp2p holds a lock while
// it tells them.
//
// The network is a [Transport], storage a [Store]; both are chosen by whoever
// opens the node. Blocking work, such as dialling bootstrap addresses, stays
// outside of turns.
package node
