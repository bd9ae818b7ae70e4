// Package web is the way into a ring for programs and people that are no
// peers: an HTTP API, a stream of what happens, and a dashboard.
//
// A [Server] is an [http.Handler] over a [Backend]: one peer, or all the peers
// of a testnet, which is a [Lab], or a recording of either, which is a [Player].
// The API is described in openapi.yaml, which
// the server hands out under /openapi.yaml. Keys are bytes: the key is all that
// stands behind /v1/kv/ in the escaped path, so that no key is changed by the
// cleaning of paths. Every error is one JSON object with a line that says what
// to do and a code that a program can act on.
//
// Values of any size go through package blob, which keeps the large ones in blocks.
// So that they may take their time, and a client that stalls may not, a request with a
// value is bounded in each of its steps and each MiB, not as a whole. An error in the
// middle of an answer breaks the connection off.
//
// /v1/events is a WebSocket. A client gets a snapshot of the ring and then
// deltas, whose numbers grow by one; one that sees a gap asks for a snapshot.
// All clients share one look at the ring and one encoding of each message. The
// queue of a client is bounded: when it is full the client loses deltas and
// gets a snapshot once it has read what was queued. Nothing here ever waits for
// a client, least of all the peers, which report to a [Feed].
//
// There are no users and no passwords: who reaches the address may do
// everything. So it should be a loopback address, where the server answers only
// to loopback names, against DNS rebinding, and refuses requests that a page
// of another origin makes a browser send.
package web
