package sim

import (
	"errors"
	"maps"
	"slices"
	"time"

	"peal/node/replica"
)

// A disk is that of one peer; it outlives a crash. It has only what is synced:
// what is being written is in the peer's [commit] until then, and lost in a crash
// unless it had just got through. It may refuse to write, be full, be slow, and
// damage what it holds. The zero disk is empty, and only to be read.
type disk struct {
	random  stream
	sync    time.Duration
	records map[string]stored
	wrote   map[string]replica.Version // the newest ever synced, whatever became of it
	since   map[string]replica.Version // the newest synced since the disk was wiped
	present replica.Presence           // of the peer, until it ended

	failing, full int           // faults that make it refuse writes
	slow          time.Duration // what a commit takes longer
}

// A stored record can be read unless it is damaged.
type stored struct {
	replica.Record
	damaged bool
}

var (
	errDamaged   = errors.New("the record is damaged")
	errDiskFails = errors.New("the disk refuses to write")
	errDiskFull  = errors.New("the disk is full")
)

func newDisk(r stream, sync time.Duration) *disk {
	return &disk{random: r, sync: sync, records: map[string]stored{}, wrote: map[string]replica.Version{}, since: map[string]replica.Version{}}
}

// Get makes a disk a [replica.Reader].
func (d *disk) Get(key string) (replica.Record, bool, error) {
	rec, ok := d.records[key]
	if rec.damaged {
		return replica.Record{}, true, errDamaged
	}
	return rec.Record, ok, nil
}

// version of the sound record of a key, the oldest of all if there is none.
func (d *disk) version(key string) replica.Version {
	if rec, ok := d.records[key]; ok && !rec.damaged {
		return rec.Version
	}
	return replica.Version{}
}

// time is what the next commit takes.
func (d *disk) time() time.Duration { return d.random.exponential(d.sync) + d.random.upTo(d.slow) }

// commit stores writes and then deletes drops, all or nothing.
func (d *disk) commit(writes []replica.Record, drops []replica.Item) error {
	switch {
	case d.failing > 0:
		return errDiskFails
	case d.full > 0 && len(writes) > 0:
		return errDiskFull
	}
	for _, rec := range writes {
		d.records[rec.Key] = stored{Record: rec}
		for _, newest := range [...]map[string]replica.Version{d.wrote, d.since} {
			if newest[rec.Key].Compare(rec.Version) < 0 {
				newest[rec.Key] = rec.Version
			}
		}
	}
	for i := range drops {
		delete(d.records, drops[i].Key)
	}
	return nil
}

// load hands out the records, as when a peer starts.
func (d *disk) load(each func(replica.Item)) {
	for _, key := range slices.Sorted(maps.Keys(d.records)) {
		rec := d.records[key]
		each(rec.Item())
	}
}

// salvage drops the damaged records, and reports whether there were any.
func (d *disk) salvage() bool {
	before := len(d.records)
	maps.DeleteFunc(d.records, func(_ string, rec stored) bool { return rec.damaged })
	return len(d.records) < before
}

// spoil makes a share of the records unreadable, and names them.
func (d *disk) spoil(share float64) (keys []string) {
	for _, key := range slices.Sorted(maps.Keys(d.records)) {
		rec := d.records[key]
		if !rec.damaged && d.random.chance(share) {
			rec.damaged = true
			d.records[key] = rec
			keys = append(keys, key)
		}
	}
	return keys
}

// wipe loses everything, as when the machine is replaced.
func (d *disk) wipe() {
	clear(d.records)
	clear(d.since)
	d.present = replica.Presence{}
}
