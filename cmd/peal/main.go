// Command peal runs a peer of a Peal ring, or a testnet of many, and talks to
// either.
//
// Three verbs are servers: start runs one peer, testnet a whole ring, replay shows a
// recording of either, or of a simulation. They serve
// the HTTP API, and every other verb but sim, bench and check-store is a client
// of that API, so that whatever the command line can do, curl can do as well.
//
// Each verb has its own file, and a verb only reads its arguments, makes its
// requests and prints. What verbs share: [client] speaks to the API, [failure]
// turns an error into an exit code and one line, [cli] holds the global flags.
// Data goes to standard output; progress, notes and errors go to standard
// error. A setting is taken from its flag, else from the environment (--data is
// PEAL_DATA), else it has its default.
//
// Exit codes: 0 done, 1 error, 2 wrong usage, 3 key not found, 4 refused,
// 5 no peer reachable, 6 quorum not met, 7 version conflict, 8 outcome unknown,
// 9 check failed, 130 interrupted.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go heed(signals, cancel)
	os.Exit(newCLI(system()).run(ctx, os.Args[1:]))
}

// interrupted is the exit code of shells for a program that Ctrl-C ended.
const interrupted = 130

// heed asks for an orderly end at the first signal, and ends at the second.
func heed(signals <-chan os.Signal, cancel context.CancelFunc) {
	<-signals
	cancel()
	<-signals
	os.Exit(interrupted)
}
