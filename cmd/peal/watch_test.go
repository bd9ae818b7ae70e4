package main

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// pass lets virtual time go by.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestWatchEndsWhatStandsStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatch(t.Context(), time.Minute, nil)
		defer w.stop()
		for range 10 {
			pass(59 * time.Second)
			w.saw(winding)
		}
		pass(59 * time.Second)
		w.saw(winding - 1)
		if w.late() {
			t.Error("it ended what moved by 1 MiB a minute")
		}
		pass(time.Second)
		if !w.late() || !errors.Is(context.Cause(w.ctx), context.DeadlineExceeded) {
			t.Errorf("it goes on with %v, want that a little less than 1 MiB is too slow", context.Cause(w.ctx))
		}
	})
}

// The peer has as long for what is left to do as the sending took.
func TestWatchWaitsForTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatch(t.Context(), time.Minute, nil)
		defer w.stop()
		pass(50 * time.Second)
		if _, err := io.Copy(io.Discard, w.sending(strings.NewReader("value"))); err != nil || !w.sent.Load() {
			t.Errorf("error %v, sent %v", err, w.sent.Load())
		}
		pass(109 * time.Second)
		if w.late() {
			t.Error("it gave up before 60 s and 50 s were over")
		}
		pass(2 * time.Second)
		if !w.late() {
			t.Error("it did not give up")
		}
	})
}

func TestInterruptionIsNotLate(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	w := newWatch(ctx, time.Minute, nil)
	defer w.stop()
	cancel()
	if w.late() || w.ctx.Err() == nil {
		t.Errorf("late %v, error %v; want an interruption", w.late(), w.ctx.Err())
	}
}
