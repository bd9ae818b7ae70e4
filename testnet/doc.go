// Package testnet runs many real peers in one process, on loopback TCP or QUIC
// or on a network in memory, and lets them be killed and joined at will.
//
// The peers are the ones that run in production: each has its own identity,
// event loop, transport and store. Only what would disturb the machine is off:
// no multicast, no port mapping, no dialling beyond loopback.
package testnet
