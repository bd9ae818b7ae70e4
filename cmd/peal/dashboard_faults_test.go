package main

import (
	"fmt"
	"testing"
)

// peersAreHurt pauses peers and lets them go on, restarts some, and has the network
// lose messages for a while.
func peersAreHurt(t *testing.T, b tab) {
	t.Helper()
	still := func(peers string) string {
		return `[...document.querySelectorAll("#table-body tr")].filter((row) => row.children[1].textContent === "paused").length === ` + peers
	}
	b.do(t, enter("pause-count", "2"), click("pause"), shows("lab-result", "Paused 2 peers"), shows("verdict", "2 paused"))
	b.keep(t, "paused")
	b.do(t, click("tab-table"), holds(still("2")), click("resume"), shows("lab-result", "Resumed 2 peers"), holds(still("0")), click("tab-ring"))
	b.do(t, enter("restart-count", "2"), click("restart"), shows("lab-result", "Restarted 2 peers"), counts(*shownPeers))
	b.do(t, click("impair"), shows("lab-result", "2 % of the messages are lost, 10 % come late"), click("heal"), shows("lab-result", "Healed"))
	b.do(t, shows("verdict", fmt.Sprintf("Settled: %d peers in one ring", *shownPeers)))
}
