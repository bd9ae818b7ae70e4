package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"peal/node/backup"
)

// A restoring is a run of the restore verb.
type restoring struct {
	pace
	overwrite, salvage, check bool

	api  *client
	show *progress

	mu    sync.Mutex
	tally restored
}

// A restored tells what became of the records of a backup, and is its JSON.
type restored struct {
	Keys    int       `json:"keys"`    // that were written
	Bytes   int64     `json:"bytes"`   // of their values
	Kept    int       `json:"kept"`    // keys that the ring has in a newer version, or in the same
	Expired int       `json:"expired"` // keys that have expired since the backup
	Failed  []trouble `json:"failed"`
	Damages int       `json:"damages"` // places in the file
	Seconds float64   `json:"seconds"`
}

func (c *cli) restoreVerb() *cobra.Command {
	r := &restoring{tally: restored{Failed: []trouble{}}}
	cmd := c.isClient(&cobra.Command{
		Use:   "restore FILE",
		Short: "Write the keys of a backup to the ring",
		Long: `Write the keys that 'peal backup FILE' has saved to the ring. With - they come
from standard input, and go to a temporary file first.

A key that the ring does not have is written, also if it was deleted after the
backup. One that the ring has in a newer version is left alone, unless
--overwrite is given; one that it has in an older version is replaced. A key
lives as long as it would have; one that has expired since is left out. Keys
that are not in FILE stay.

What is written gets a new version, like any write. So restore can be repeated
after an interruption: what it has written is newer than the backup by then, and
left alone.

FILE is checked first, and nothing is written if it is cut off or damaged: then
the exit code is 9. With --salvage, all records that are whole are written; what
is missing is told, and the exit code is 9 still.`,
		Example: `  peal restore monday.peal
  peal restore --check monday.peal
  zstd -d < monday.peal.zst | peal restore -`,
		Args: wants(1, "FILE"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.restore(cmd.Context(), r, args[0]) },
	})
	r.flags(cmd.Flags(), "key")
	cmd.Flags().BoolVar(&r.overwrite, "overwrite", false, "write all keys, whatever the ring has")
	cmd.Flags().BoolVar(&r.salvage, "salvage", false, "write what is whole in a damaged file")
	cmd.Flags().BoolVar(&r.check, "check", false, "only check the file and count what is in it; no ring is needed")
	return cmd
}

func (c *cli) restore(ctx context.Context, r *restoring, name string) error {
	start := time.Now()
	if err := r.begin(c, name); err != nil {
		return err
	}
	file, err := c.openBackup(name)
	if err != nil {
		return err
	}
	defer file.Close()
	if !r.check {
		if err := r.api.ping(ctx); err != nil {
			return err
		}
	}
	checked, err := r.verify(ctx, c, file, name)
	if err != nil || r.check {
		return err
	}
	r.show = c.progress("restoring", "key", checked.Keys)
	err = r.run(ctx, file)
	r.show.end()
	if err != nil {
		return fmt.Errorf("%s: %w", called(name), err)
	}
	r.tally.Damages, r.tally.Seconds = checked.Damages, time.Since(start).Seconds()
	return r.report(ctx, c)
}

// begin looks at the argument and the flags.
func (r *restoring) begin(c *cli, name string) (err error) {
	switch {
	case name == "":
		return fail(codeUsage, "FILE is empty: name a file, or - for standard input")
	case r.check && (r.overwrite || r.salvage):
		return fail(codeUsage, "--check writes nothing: leave out --overwrite and --salvage")
	}
	if err := r.pace.begin(c); err != nil {
		return err
	}
	r.api, err = c.client(patience)
	return err
}

// openBackup opens a file that can be read twice: what comes through a pipe goes to a
// temporary file.
func (c *cli) openBackup(name string) (*os.File, error) {
	if name == "-" {
		return spool(c.in, called(name))
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && info.Mode().IsRegular() {
		return file, nil
	}
	defer file.Close()
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, fail(codeUsage, "%s is a directory: name the file of a backup, or - for standard input", show(name))
	}
	return spool(file, called(name))
}

// spool copies a stream to a file that has no name, so that it goes when it is closed.
func spool(in io.Reader, name string) (*os.File, error) {
	file, err := os.CreateTemp("", "peal-restore-")
	if err != nil {
		return nil, err
	}
	if err = os.Remove(file.Name()); err == nil {
		if _, err = io.Copy(file, in); err != nil {
			err = fmt.Errorf("%s: %w", name, err)
		}
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// run writes the records that are whole to the ring.
func (r *restoring) run(ctx context.Context, file io.ReaderAt) error {
	var workers errgroup.Group
	workers.SetLimit(r.parallel)
	defer workers.Wait()
	from := backup.NewReader(file)
	for ctx.Err() == nil {
		entry, err := from.Next()
		var wrong *backup.Damage
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &wrong) && r.salvage:
		case err != nil:
			return err
		default:
			workers.Go(func() error { r.one(ctx, entry); return nil })
		}
	}
	return nil
}

func (r *restoring) one(ctx context.Context, e backup.Entry) {
	if ctx.Err() != nil {
		return
	}
	outcome, err := r.put(ctx, e)
	if err != nil && ctx.Err() != nil {
		return // it did not fail, it was interrupted
	}
	if err != nil {
		r.show.note("failed %s: %v", show(e.Key), err)
	}
	r.count(e, outcome, err)
	r.show.add(e.Size)
}

func (r *restoring) count(e backup.Entry, o outcome, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case err != nil:
		r.tally.Failed = append(r.tally.Failed, trouble{show(e.Key), err.Error()})
	case o == kept:
		r.tally.Kept++
	case o == expired:
		r.tally.Expired++
	default:
		r.tally.Keys++
		r.tally.Bytes += e.Size
	}
}

// report prints the outcome. Where something is not as it was in the ring that was
// backed up it is the error, so that the exit code tells.
func (r *restoring) report(ctx context.Context, c *cli) error {
	var err error
	switch {
	case ctx.Err() != nil:
		err = fail(codeInterrupted, "interrupted: %s; the same command goes on", r.tally.text())
	case len(r.tally.Failed) > 0:
		err = fail(codeError, "%s", r.tally.text())
	case r.tally.Damages > 0:
		err = fail(codeCheck, "%s", r.tally.text())
	case !c.json():
		return c.printf("%s\n", r.tally.text())
	}
	if c.json() {
		raw, _ := json.Marshal(r.tally)
		if err := c.passJSON(raw); err != nil {
			return err
		}
	}
	return err
}

func (t restored) text() string {
	text := fmt.Sprintf("restored %s in %.1f s", sizedKeys(t.Keys, t.Bytes), t.Seconds)
	for _, part := range []struct {
		n    int
		what string
	}{
		{t.Kept, "left as they are"}, {t.Expired, "expired"}, {len(t.Failed), "failed"},
	} {
		if part.n > 0 {
			text += fmt.Sprintf("; %d %s", part.n, part.what)
		}
	}
	if t.Damages > 0 {
		text += fmt.Sprintf("; the file is damaged at %s", counted(t.Damages, "place"))
	}
	return text
}
