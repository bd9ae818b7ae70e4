package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"peal/node/backup"
)

// A checked tells what is in a backup, and is the JSON of restore --check.
type checked struct {
	Begun   time.Time `json:"begun,omitzero"`
	Keys    int       `json:"keys"` // that are whole
	Bytes   int64     `json:"bytes"`
	Damages int       `json:"damages"` // places
}

// verify reads the whole file. Damage is an error, and the first one ends it unless
// there is to be a count of all.
func (r *restoring) verify(ctx context.Context, c *cli, file *os.File, name string) (sum checked, err error) {
	info, err := file.Stat()
	if err != nil {
		return sum, err
	}
	r.show = c.progress("checking", "key", -1)
	defer r.show.end()
	from := backup.NewReader(file)
	for ctx.Err() == nil {
		entry, err := from.Next()
		var wrong *backup.Damage
		switch {
		case errors.Is(err, io.EOF):
			sum.Begun, sum.Keys, sum.Bytes = from.Begun(), from.Keys(), from.Bytes()
			r.show.end()
			return sum, r.verdict(c, sum, name)
		case errors.As(err, &wrong) && !r.check && !r.salvage:
			return sum, refusal(name, wrong, info.Size())
		case errors.As(err, &wrong):
			sum.Damages++
			r.show.note("damaged: %v", wrong)
		case err != nil:
			return sum, fmt.Errorf("%s: %w", called(name), err)
		default:
			r.show.guess(from.Keys(), entry.Size, float64(from.Offset())/float64(info.Size()))
		}
	}
	return sum, fail(codeInterrupted, "interrupted: nothing was written")
}

// refusal is why nothing of a file is written.
func refusal(name string, wrong *backup.Damage, size int64) error {
	switch {
	case size == 0:
		return fail(codeCheck, "%s is empty, and no backup: nothing was written", called(name))
	case wrong.Line == 1:
		return fail(codeCheck, "%s does not begin as a backup does: is it the right file? Nothing was written; --salvage restores what is whole", called(name))
	}
	return fail(codeCheck, "%s is damaged at %v; nothing was written, --salvage restores what is whole", called(name), wrong)
}

// verdict is what --check says.
func (r *restoring) verdict(c *cli, sum checked, name string) (err error) {
	if !r.check {
		return nil
	}
	switch {
	case sum.Damages > 0 && sum.Begun.IsZero() && sum.Keys == 0:
		err = fail(codeCheck, "%s is no backup: no line of it is that of one", called(name))
	case sum.Damages > 0:
		err = fail(codeCheck, "%s is damaged at %s; %s are whole", called(name), counted(sum.Damages, "place"), sizedKeys(sum.Keys, sum.Bytes))
	}
	switch {
	case c.json():
		if e := c.printJSON(sum); e != nil {
			return e
		}
	case err == nil:
		return c.printf("%s is whole: %s, of %s\n", called(name), sizedKeys(sum.Keys, sum.Bytes), sum.Begun.Format(time.DateTime+" MST"))
	}
	return err
}

// called is how messages name a backup.
func called(name string) string {
	if name == "-" {
		return "standard input"
	}
	return show(name)
}
