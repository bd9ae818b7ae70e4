// Package transport carries messages between the peers of one ring over libp2p.
//
// A [Transport] is one libp2p host: it listens on TCP and QUIC, proves its
// identity by an Ed25519 key that it keeps in a file, finds peers on the LAN by
// mDNS, and crosses NATs where it is told to. It knows nothing of what it
// carries: a message is bytes for a peer ID, and a list of the peers that the
// bytes are about.
//
// # Lanes
//
// Messages to a peer travel in two lanes, each one long-lived libp2p stream: one
// for bodies of up to [MaxSmall] bytes, one for larger ones, up to [MaxBody], so
// that a transfer never delays a heartbeat. A lane opens with its first message and
// closes when it has been idle; it has a goroutine and buffers only while there is
// something to write. Order is kept within a lane, and no message is delivered twice;
// one that cannot be delivered is lost, and [Receiver] hears that the peer is
// unreachable. Small messages that are queued together leave in one write.
//
// # Connections
//
// Two peers keep one connection. It may be closed when no message has travelled on it
// for a while ([Config].MaxIdle), unless its peer is kept ([Transport.Keep]); the next
// message then dials again. No message is lost to that: a stream counts from the moment
// that it is opened, and one that comes too late is not answered, so that its opener
// tries another connection. A peer that leaves such a connection is not reported.
//
// # Addresses
//
// Peers speak of each other by peer ID. So that the receiver of a message can
// reach the peers that it is about, the transport adds their addresses: once a
// stream, and again when they have changed or grow old. What it learns that way
// lives an hour in the host's peerstore.
//
// # Rings
//
// The protocol ID holds the ring's name and the major version of the protocol,
// /peal/1/RING, so peers of different rings cannot exchange a message.
package transport
