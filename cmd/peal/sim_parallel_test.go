package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
)

// quietCLI is a command line whose output nobody reads.
func quietCLI() *cli {
	return newCLI(console{out: &strings.Builder{}, err: &strings.Builder{}, lookupEnv: lookup(nil)})
}

func TestInParallel(t *testing.T) {
	bar := quietCLI().progress("simulating", "run", 9)
	got, err := inParallel(t.Context(), bar, 9, func(i int) (int, error) { return i * i, nil })
	if want := []int{0, 1, 4, 9, 16, 25, 36, 49, 64}; err != nil || !slices.Equal(got, want) || bar.done != 9 {
		t.Errorf("got %v, %v with %d done; want %v", got, err, bar.done, want)
	}
	broken := errors.New("broken")
	_, err = inParallel(t.Context(), bar, 9, func(i int) (int, error) {
		if i == 4 {
			return 0, broken
		}
		return 0, nil
	})
	if !errors.Is(err, broken) {
		t.Errorf("got %v, want the error of the job that failed", err)
	}
}

// Nobody waits for the simulation that just runs.
func TestInterruptionDoesNotWait(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	forever := make(chan struct{})
	defer close(forever)
	bar := quietCLI().progress("simulating", "run", 3)
	_, err := inParallel(ctx, bar, 3, func(int) (int, error) { cancel(); <-forever; return 0, nil })
	if exitCode(err) != 130 {
		t.Errorf("got %v, want exit code 130", err)
	}
}

func TestInterruptedStudies(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, line := range []string{"merge", "detector", "paper", "shrink", "explore", "--seeds 3", "--seed 1"} {
		verb := quietCLI().simVerb()
		verb.SetArgs(strings.Fields(line))
		verb.SilenceErrors, verb.SilenceUsage = true, true
		if err := verb.ExecuteContext(ctx); exitCode(err) != 130 {
			t.Errorf("peal sim %s: %v, want exit code 130", line, err)
		}
	}
}
