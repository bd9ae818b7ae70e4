package testnet

import "os"

// lightHandshakes has the TLS of this process, from now on, agree on keys without the part
// that is to resist quantum computers, unless GODEBUG says anything: nobody records what
// peers say to each other over loopback, and 300 of them start in 0.8 of the processor time.
func lightHandshakes() {
	if os.Getenv("GODEBUG") == "" {
		_ = os.Setenv("GODEBUG", "tlsmlkem=0") // else they take longer
	}
}
