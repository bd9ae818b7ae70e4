// Package testnet runs many real peers on loopback TCP or QUIC, or on a network in
// memory, and lets them be killed and joined at will.
//
// The peers are the ones that run in production: each has its own identity,
// event loop, transport and store. Only what would disturb the machine is off:
// no multicast, no port mapping, no dialling beyond loopback; and very many look after their
// ring less often (crowd.go). They run in this process, or
// in several others; which of them start, die or are cut off is chosen here in any case.
package testnet
