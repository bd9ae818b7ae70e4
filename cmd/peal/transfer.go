package main

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// A transfer moves many files, several at a time, between a directory and the
// ring, and keeps the tally. Files that fail do not stop the others.
type transfer struct {
	pace
	doing, done string // "importing", "imported"
	prefix      string // of the keys

	show  *progress
	start time.Time

	mu    sync.Mutex
	tally tally
}

// A tally is the outcome of a transfer, and its JSON.
type tally struct {
	Files   int       `json:"files"`
	Bytes   int64     `json:"bytes"`
	Failed  []trouble `json:"failed"`
	Skipped []trouble `json:"skipped"`
	Seconds float64   `json:"seconds"`
}

// A trouble is a file that did not move, and why.
type trouble struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

func newTransfer(doing, done string) *transfer {
	return &transfer{doing: doing, done: done, start: time.Now(), tally: tally{Failed: []trouble{}, Skipped: []trouble{}}}
}

// begin looks at the argument and the flags.
func (t *transfer) begin(c *cli, dir string) error {
	if dir == "" {
		return fail(codeUsage, "DIR is empty: name a directory")
	}
	return t.pace.begin(c)
}

// run moves the files until all are done or ctx ends; move gives the number of
// bytes of one.
func (t *transfer) run(ctx context.Context, c *cli, names []string, move func(ctx context.Context, name string) (int64, error)) {
	t.show = c.progress(t.doing, "file", len(names))
	for _, left := range t.tally.Skipped {
		t.show.note("skipped %s: %s", left.Name, left.Reason)
	}
	for _, lost := range t.tally.Failed {
		t.show.note("failed %s: %s", lost.Name, lost.Reason)
	}
	var workers errgroup.Group
	workers.SetLimit(t.parallel)
	for _, name := range names {
		workers.Go(func() error {
			if ctx.Err() == nil {
				t.one(ctx, name, move)
			}
			return nil
		})
	}
	workers.Wait()
	t.show.end()
}

func (t *transfer) one(ctx context.Context, name string, move func(context.Context, string) (int64, error)) {
	var size int64
	err := t.insist(ctx, func() (err error) {
		size, err = move(ctx, name)
		return err
	})
	if err != nil && ctx.Err() != nil {
		return // it did not fail, it was interrupted
	}
	if err != nil {
		t.show.note("failed %s: %v", show(name), err)
		t.fails(name, err)
	} else {
		t.mu.Lock()
		t.tally.Files++
		t.tally.Bytes += size
		t.mu.Unlock()
	}
	t.show.add(size)
}

func (t *transfer) fails(name string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tally.Failed = append(t.tally.Failed, trouble{show(name), err.Error()})
}

func (t *transfer) skips(name, reason string) {
	t.tally.Skipped = append(t.tally.Skipped, trouble{show(name), reason})
}

// report prints the outcome. Where a file failed it is the error, so that the
// exit code tells.
func (t *transfer) report(ctx context.Context, c *cli) error {
	t.tally.Seconds = time.Since(t.start).Seconds()
	var err error
	switch {
	case ctx.Err() != nil:
		err = fail(codeInterrupted, "interrupted: %d of %s done", t.tally.Files, counted(t.show.total, "file"))
	case len(t.tally.Failed) > 0:
		err = fail(codeError, "%s", t.tally.text(t.done))
	case !c.json():
		return c.printf("%s\n", t.tally.text(t.done))
	}
	if c.json() {
		raw, _ := json.Marshal(t.tally)
		if err := c.passJSON(raw); err != nil {
			return err
		}
	}
	return err
}

func (t tally) text(done string) string {
	text := fmt.Sprintf("%s %s, %s in %.1f s", done, counted(t.Files, "file"), sizeText(t.Bytes), t.Seconds)
	if n := len(t.Failed); n > 0 {
		text += fmt.Sprintf("; %d failed", n)
	}
	if n := len(t.Skipped); n > 0 {
		text += fmt.Sprintf("; %d skipped", n)
	}
	return text
}
