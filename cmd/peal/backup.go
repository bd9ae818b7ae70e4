package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

// A backupJob is a run of the backup verb.
type backupJob struct {
	pace
	force  bool
	resume bool

	api  *client
	to   *backupFile
	show *progress
}

// A backupSum is the outcome of a backup, and its JSON.
type backupSum struct {
	Keys    int     `json:"keys"`
	Bytes   int64   `json:"bytes"` // of the values
	Seconds float64 `json:"seconds"`
}

func (c *cli) backupVerb() *cobra.Command {
	b := &backupJob{}
	cmd := c.isClient(&cobra.Command{
		Use:   "backup FILE",
		Short: "Write all keys of the ring to one file",
		Long: `Write all keys of the ring to FILE, with their values, versions and the moments
at which they expire. 'peal restore FILE' writes them to a ring. FILE is text
with checksums; docs/backup.md describes it. With - it is standard output.

It is no snapshot. Each key is there as a read found it at some moment during
the backup; what was written, deleted or expired meanwhile may be there in
either state. A key that existed all the time is there.

FILE gets its name once it is whole; until then it is FILE.part. If the backup
is interrupted or the ring is away for longer than --retry, --resume goes on
behind the last record of FILE.part. A key that cannot be read ends the backup,
rather than that it be missing.`,
		Example: `  peal backup monday.peal
  peal backup --resume monday.peal
  peal backup - | zstd > monday.peal.zst`,
		Args: wants(1, "FILE"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.backup(cmd.Context(), b, args[0]) },
	})
	b.flags(cmd.Flags(), "key")
	cmd.Flags().BoolVar(&b.force, "force", false, "replace FILE if it exists, and FILE.part unless it is resumed")
	cmd.Flags().BoolVar(&b.resume, "resume", false, "go on with FILE.part")
	return cmd
}

func (c *cli) backup(ctx context.Context, b *backupJob, name string) error {
	start := time.Now()
	if err := b.begin(c, name); err != nil {
		return err
	}
	if err := b.api.ping(ctx); err != nil {
		return err
	}
	if err := b.open(c, name); err != nil {
		return err
	}
	b.show = c.progress("backing up", "key", -1)
	err := b.run(ctx)
	b.show.end()
	if err = b.to.close(err); ctx.Err() != nil && err != nil {
		err = fail(codeInterrupted, "interrupted")
	}
	if err != nil {
		return b.to.unfinished(err)
	}
	return c.reportBackup(name, backupSum{b.to.Keys(), b.to.Bytes(), time.Since(start).Seconds()})
}

// begin looks at the argument and the flags.
func (b *backupJob) begin(c *cli, name string) (err error) {
	switch {
	case name == "":
		return fail(codeUsage, "FILE is empty: name a file, or - for standard output")
	case name == "-" && b.resume:
		return fail(codeUsage, "--resume needs a FILE: what went to standard output cannot be continued")
	}
	if err := b.pace.begin(c); err != nil {
		return err
	}
	b.api, err = c.client(patience)
	return err
}

func (b *backupJob) open(c *cli, name string) (err error) {
	switch {
	case name == "-":
		b.to, err = backupTo(c.out)
	case b.resume:
		b.to, err = resumeBackup(name, b.force)
	default:
		b.to, err = createBackup(name, b.force)
	}
	return err
}

// reportBackup prints the outcome, where the backup itself does not go.
func (c *cli) reportBackup(name string, sum backupSum) error {
	told := *c
	if name == "-" {
		told.out, name = c.err, "standard output"
	}
	if c.json() {
		return told.printJSON(sum)
	}
	return told.printf("backed up %s to %s in %.1f s\n", sizedKeys(sum.Keys, sum.Bytes), show(name), sum.Seconds)
}

func sizedKeys(keys int, bytes int64) string {
	return fmt.Sprintf("%s, %s", counted(keys, "key"), sizeText(bytes))
}
