package web

import (
	"os/exec"
	"testing"
)

// The scripts of the dashboard that need no page are tested by Node's test runner.
func TestScripts(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("Node is not installed (Debian: nodejs): the tests of the scripts are left out")
	}
	t.Parallel()
	if out, err := exec.Command(node, "--test", "tests/").CombinedOutput(); err != nil {
		t.Errorf("node --test web/tests/: %v\n%s", err, out)
	}
}
