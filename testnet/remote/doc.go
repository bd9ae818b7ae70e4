// Package remote runs peers of a testnet in other processes.
//
// A [Host] is where peers run, whatever process that is. A [Process] is a host that runs
// in a child of this one, which calls [Serve]. The two speak over the child's standard
// input and output, with net/rpc. When one of them ends, however that happens, the
// other sees the pipe close: the child then ends too, and the parent is told
// which peers went with it.
package remote
