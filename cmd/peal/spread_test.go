package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// children are the processes that a process has started and that still run.
func (p *process) children(t *testing.T) (pids []int) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("there is no /proc to find processes in")
	}
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if parent, runs := parentOf(pid); runs && parent == p.cmd.Process.Pid {
			pids = append(pids, pid)
		}
	}
	return pids
}

// parentOf finds the parent of a process, unless that has ended.
func parentOf(pid int) (parent int, runs bool) {
	raw, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	fields := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+1:]))
	if len(fields) < 2 || fields[0] == "Z" {
		return 0, false
	}
	parent, err := strconv.Atoi(fields[1])
	return parent, err == nil
}

// spread runs a testnet in two processes of its own.
func spread(t *testing.T, peers int) (*process, []int) {
	t.Helper()
	p := launch(t, "", "testnet", "-o", "json", "--peers", strconv.Itoa(peers), "--processes", "2", "--http", "127.0.0.1:0").serves(t)
	children := p.children(t)
	if len(children) != 2 {
		t.Fatalf("it has started the processes %v, want two", children)
	}
	return p, children
}

func send(t *testing.T, pid int, what os.Signal) {
	t.Helper()
	p, err := os.FindProcess(pid)
	if err == nil {
		err = p.Signal(what)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func endWithParent(t *testing.T, children []int) {
	t.Helper()
	until(t, "the processes of a testnet to end", func() bool {
		for _, pid := range children {
			if _, runs := parentOf(pid); runs {
				return false
			}
		}
		return true
	})
}

func TestTestnetInSeveralProcesses(t *testing.T) {
	t.Parallel() // it waits for timeouts most of the time
	p, children := spread(t, 6)
	p.peal(t, "put", "k", "v")
	p.peal(t, "testnet", "kill", "1")
	p.peal(t, "testnet", "join", "2")
	p.seesRing(t, 7)
	if got := p.peal(t, "get", "k"); got != "v" {
		t.Errorf("get %q, want v", got)
	}
	// A Ctrl-C in a terminal reaches the children, too, for whom it is not meant.
	for _, pid := range append(children, p.cmd.Process.Pid) {
		send(t, pid, os.Interrupt)
	}
	if got := p.result(t); got.code != 0 || strings.Contains(got.err, "a process has ended") {
		t.Errorf("after Ctrl-C: %+v, want exit 0 and nobody lost", got)
	}
	endWithParent(t, children)
}

// The process of some peers may be killed, which is the end of these alone, and that of
// the testnet, which is the end of all.
func TestProcessesOfATestnetAreKilled(t *testing.T) {
	t.Parallel() // it waits for timeouts most of the time
	p, children := spread(t, 6)
	send(t, children[0], os.Kill)
	p.seesRing(t, 3)
	if said := p.notes.String(); strings.Count(said, "a process has ended, and all its peers with it") != 1 {
		t.Errorf("it says\n%swant once that a process has ended", said)
	}
	p.peal(t, "testnet", "join", "2")
	p.seesRing(t, 5)
	children = p.children(t)
	p.kill()
	endWithParent(t, children)
}
