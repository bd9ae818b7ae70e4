package testnet

import "os"

// lightHandshakes has the TLS of this process agree on keys without the part that is to
// resist quantum computers, unless GODEBUG says anything: nobody records what peers say to
// each other over loopback, and it takes a fifth of the processor time in which a large
// testnet starts.
func lightHandshakes() {
	if os.Getenv("GODEBUG") == "" {
		os.Setenv("GODEBUG", "tlsmlkem=0")
	}
}
