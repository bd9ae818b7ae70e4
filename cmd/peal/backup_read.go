package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math"
	"net/http"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"peal/chord"
	"peal/node/backup"
	"peal/node/replica"
)

// A reading is a key that is read for a backup, ahead of its turn to be written. A
// large value is not: it goes right from the ring to the file, at its turn.
type reading struct {
	listed
	read   chan struct{} // closed once the rest is known
	record backup.Record
	value  bytes.Buffer
	large  bool
	gone   bool // deleted or expired since it was listed
	err    error
}

// run writes the keys of the ring in the order of their positions. Several are read at
// the same time.
func (b *backupJob) run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	queue := make(chan *reading, b.parallel-1)
	group.Go(func() error {
		defer close(queue)
		return b.list(ctx, func(key listed) error {
			r := &reading{listed: key, read: make(chan struct{})}
			select {
			case queue <- r:
				group.Go(func() error { b.readAhead(ctx, r); return nil })
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	})
	group.Go(func() error {
		for r := range queue {
			if err := b.write(ctx, r); err != nil {
				return err
			}
		}
		return nil
	})
	return group.Wait()
}

// list visits the keys behind the last one that the file has.
func (b *backupJob) list(ctx context.Context, visit func(listed) error) error {
	start := b.to.after()
	fetch := func(after string, limit int) (p page, err error) {
		if after == "" {
			after = start
		}
		err = b.insist(ctx, func() (err error) {
			p, err = b.api.keys(ctx, "", after, limit)
			return err
		})
		return p, err
	}
	_, err := walk(0, fetch, func(keys []listed) error {
		for _, key := range keys {
			if err := visit(key); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

func (b *backupJob) readAhead(ctx context.Context, r *reading) {
	defer close(r.read)
	if r.large = r.Size > replica.MaxValueLen; r.large {
		return
	}
	r.err = b.get(ctx, r, func(call *call) error {
		if r.large = r.record.Size > replica.MaxValueLen; r.large {
			return nil
		}
		r.value.Reset()
		_, err := call.copyTo(&r.value)
		return err
	})
}

// get reads a key, again and again while the ring mends; take takes its value. That the
// key is gone is no error.
func (b *backupJob) get(ctx context.Context, r *reading, take func(*call) error) error {
	return b.insist(ctx, func() error {
		call, err := b.api.call(ctx, request{method: http.MethodGet, path: "/v1/kv/" + escapeKey(r.raw()), follower: alive{&b.pace}})
		if r.gone = codeOf(err) == codeNotFound; r.gone {
			return nil
		}
		if err != nil {
			return err
		}
		defer call.close()
		if r.record, err = recordOf(r.raw(), call.resp); err != nil {
			return err
		}
		return take(call)
	})
}

// recordOf takes from the headers of an answer what there is to a value.
func recordOf(key string, resp *http.Response) (backup.Record, error) {
	record := backup.Record{Key: key, Version: resp.Header.Get("Peal-Version"), Size: resp.ContentLength}
	var err error
	if expires := resp.Header.Get("Peal-Expires"); expires != "" {
		record.Expires, err = time.Parse(time.RFC3339Nano, expires)
	}
	if err != nil || record.Version == "" || record.Size < 0 {
		return record, fail(codeError, "the answer lacks the length or the version of %s: is --api right, or a proxy in the way?", show(key))
	}
	return record, nil
}

// write waits for a key to be read, and writes it.
func (b *backupJob) write(ctx context.Context, r *reading) error {
	<-r.read
	err := r.err
	if r.large && err == nil {
		err = b.get(ctx, r, func(call *call) error { return b.to.put(r.record, call.copyTo) })
	}
	var disk *os.PathError
	switch {
	case errors.As(err, &disk):
		return err
	case err != nil:
		return fail(codeOf(err), "read %s: %v", show(r.raw()), err)
	case r.gone:
		return nil
	case !r.large:
		err = b.to.put(r.record, r.value.WriteTo)
	}
	b.show.guess(b.to.Keys(), r.record.Size, share(r.raw()))
	return err
}

// share is how much of the ring lies before a key. Keys lie evenly, so it is also how
// much of the work is done.
func share(key string) float64 {
	at := chord.KeyID([]byte(key))
	return float64(binary.BigEndian.Uint64(at[:])) / math.MaxUint64
}
