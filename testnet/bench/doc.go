// Package bench measures what a ring of real peers costs, beside what it is made of.
//
// [Run] starts a testnet and, in the same process and over the same kind of transport,
// a few bare libp2p hosts and a LevelDB database. [Drive] measures a ring that runs
// elsewhere. In either case every kind of request is a contestant, be it a get or a
// bare request; they take turns of a fraction of a second, round after round, so that
// what else the machine does slows all of them alike. A figure of one run therefore
// means little by itself, and its ratio to the bare cost a lot.
//
// Every duration is recorded, and a quantile is one of those recorded. Nothing is
// estimated, and no sample is left out: a request that failed counts with the time that
// it took to fail.
package bench
