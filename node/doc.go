// Package node is one running peer of the ring: it drives the pure cores of
// packages chord and replica, and offers what they do as a blocking Go API.
//
// A [Node] has one goroutine, its event loop. Whatever happens, a message, a
// call, a timer, is put into the loop's inbox. The loop takes everything that
// has gathered, steps the cores, and has what they want written committed in one
// synced batch, beside the loop. Only then are the messages sent and the calls
// answered that depend on it; all else goes on meanwhile. While the disk is busy the
// next batch gathers: group commit needs no code of its own.
//
// The network is a [Transport], storage a [Store]; both are chosen by whoever
// opens the node. Blocking work, such as dialling bootstrap addresses, stays
// outside the loop.
package node
