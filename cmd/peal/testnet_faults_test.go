package main

import (
	"slices"
	"strings"
	"testing"
)

func TestFaults(t *testing.T) {
	f := newFake(t, true)
	for _, of := range [][2]string{
		{"pause 2", "paused 1 peer\n"},
		{"pause --peer 3fa2 --peer 91c0", "paused 1 peer\n"},
		{"resume", "resumed 1 peer\n"},
		{"resume --peer 3fa2", "resumed 1 peer\n"},
		{"restart 2", "restarted 1 peer\n"},
		{"restart --peer 3fa2 --down 30s", "restarted 1 peer\n"},
		{"impair --drop 5%", "impaired: 5 % of the messages are lost; 'peal testnet heal' ends it\n"},
		{"impair --drop 1.5% --delay 20% --by 200ms", "impaired: 1.5 % of the messages are lost, and 20 % of the others come 200ms late; 'peal testnet heal' ends it\n"},
		{"impair --delay 20% --by 200ms", "impaired: 20 % of the messages come 200ms late; 'peal testnet heal' ends it\n"},
	} {
		got := f.peal(t, append([]string{"testnet"}, strings.Fields(of[0])...)...)
		if got.code != 0 || !strings.HasSuffix(got.out, of[1]) {
			t.Errorf("%s: %+v, want at its end %q", of[0], got, of[1])
		}
	}
	want := []string{
		"pause 2 []", "pause 0 [3fa2 91c0]", "resume []", "resume [3fa2]", "restart 2 [] 0s", "restart 0 [3fa2] 30s",
		"impair 5 0 0s", "impair 1.5 20 200ms", "impair 0 20 200ms",
	}
	if !slices.Equal(f.faults, want) {
		t.Errorf("the testnet was asked for %q, want %q", f.faults, want)
	}
}

func TestFaultsUsage(t *testing.T) {
	f := newFake(t, true)
	for args, want := range map[string]string{
		"pause":                         "say which peers",
		"pause 0":                       "want a number from 1 up",
		"pause 1 --peer ab":             "say which peers",
		"restart":                       "say which peers",
		"restart 1 --down 3m":           "at most 2m0s",
		"resume 1":                      "1",
		"impair":                        "say what share",
		"impair --drop 5":               `--drop "5": want 0% to 100%`,
		"impair --drop NaN%":            "want 0% to 100%",
		"impair --delay 5%":             "--delay and --by go together",
		"impair --drop 5% --by 1s":      "--delay and --by go together",
		"impair --delay 5% --by 1h":     "at most 1m0s",
		"impair --delay 101% --by 10ms": "want 0% to 100%",
	} {
		got := f.peal(t, append([]string{"testnet"}, strings.Fields(args)...)...)
		if got.code != 2 || !strings.Contains(got.err, want) || strings.Count(got.err, "\n") != 1 {
			t.Errorf("%s: %+v, want exit 2 and %q", args, got, want)
		}
	}
	if f.faults != nil {
		t.Errorf("the testnet was asked for %q", f.faults)
	}
}
