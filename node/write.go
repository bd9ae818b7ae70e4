package node

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"peal/chord"
	"peal/node/replica"
)

// MaxTTL bounds how long a record with a TTL may live.
const MaxTTL = replica.MaxTTL

// WriteOptions of one write. The zero value is a plain write.
type WriteOptions struct {
	// W is how many replicas must have stored the write durably.
	W Quorum

	// TTL is how long the key lives; 0: for ever. Not for a Delete.
	TTL time.Duration

	// If must hold, or the write ends with ErrConflict. It is judged by what R
	// replicas know, before the write and while it is made: another writer may
	// still come in between.
	If replica.Condition

	// Total is set by package blob alone: what is put or touched is the manifest of
	// a value of so many bytes.
	Total uint64
}

// Valid says what is wrong with the options of a write, nil if nothing is. How many
// replicas W may name depends on the ring.
func (o WriteOptions) Valid() error {
	switch {
	case o.TTL < 0 || o.TTL > MaxTTL || o.TTL != 0 && o.TTL < time.Millisecond:
		return fmt.Errorf("%w: a time to live of %v is not between 1 ms and 100 years", ErrInvalid, o.TTL)
	case o.If.Version != "" && !versionText.MatchString(o.If.Version):
		return fmt.Errorf("%w: %q is no version: give one as a get or a receipt shows it, such as 1795671234567.0-Fxm1MT", ErrInvalid, o.If.Version)
	}
	return nil
}

// Put stores a value under a key.
//
// The receipt tells something with an error, too. Of ErrQuorum and ErrUnknown: who
// has the write, and who is owed it. Of ErrConflict: the version that the key has,
// none if there is no such key.
func (n *Node) Put(ctx context.Context, key, value []byte, opt WriteOptions) (Receipt, error) {
	return n.write(ctx, replica.Change{Key: string(key), Value: bytes.Clone(value)}, opt)
}

// Delete removes a key: its replicas store a tombstone. A key that does not
// exist is no error. The receipt is that of a Put.
func (n *Node) Delete(ctx context.Context, key []byte, opt WriteOptions) (Receipt, error) {
	if opt.TTL != 0 {
		return Receipt{}, fmt.Errorf("%w: a deleted key has no time to live", ErrInvalid)
	}
	return n.write(ctx, replica.Change{Key: string(key), Deleted: true}, opt)
}

// Touch gives a key another time to live, and leaves its value. A missing key is
// ErrNotFound. The receipt is that of a Put.
func (n *Node) Touch(ctx context.Context, key []byte, opt WriteOptions) (Receipt, error) {
	return n.write(ctx, replica.Change{Key: string(key), Touch: true}, opt)
}

func (n *Node) write(ctx context.Context, c replica.Change, opt WriteOptions) (Receipt, error) {
	if err := n.complete(&c, opt); err != nil {
		return Receipt{}, err
	}
	start := time.Now()
	o, err := n.operate(ctx, func(now, deadline chord.Time) replica.OpID { return n.data.Put(now, deadline, c) })
	if errors.Is(err, errAbandoned) {
		err = fmt.Errorf("%w: %w while the write was under way; read the key at another peer, or repeat the write there", ErrUnknown, ErrClosed)
	}
	receipt := receiptOf(c.Key, o)
	receipt.N, receipt.Millis = n.quorums().N, millis(time.Since(start))
	if err == nil && !replica.Internal(c.Key) {
		n.event(Event{Kind: Stored, Text: printable(c.Key), Count: len(o.Replicas)})
	}
	return receipt, err
}

func receiptOf(key string, o replica.Outcome) Receipt {
	r := Receipt{Key: key, Wanted: len(o.Wanted), Hops: o.Hops, Replaced: o.Replaced}
	if o.Error != replica.Conflict {
		r.Version, r.Expires, r.Replicas, r.Owed = o.Record.Version, timeOf(o.Record.Expires), o.Replicas, owed(o)
	} else if o.Found {
		r.Version = o.Record.Version
	}
	return r
}

// versionText is what a version looks like; see [replica.Version].
var versionText = regexp.MustCompile(`^[0-9]+\.[0-9]+-[1-9A-HJ-NP-Za-km-z]*$`)

// complete fills in what the options say, and judges the whole.
func (n *Node) complete(c *replica.Change, opt WriteOptions) (err error) {
	rec := replica.Record{Key: c.Key, Value: c.Value}
	switch err := rec.Valid(); {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	case opt.If.Absent && (opt.If.Version != "" || c.Touch || c.Deleted):
		return fmt.Errorf("%w: that a key is absent can be a condition of a put only, and its only one", ErrInvalid)
	}
	if err := opt.Valid(); err != nil {
		return err
	}
	c.TTL, c.If, c.Total = opt.TTL, opt.If, opt.Total
	c.W, err = opt.W.of(n.quorums().N)
	return err
}

// owed lists the replicas that a write still has to reach.
func owed(o replica.Outcome) []Owed {
	var list []Owed
	for _, c := range o.Wanted {
		if slices.Contains(o.Replicas, c) {
			continue
		}
		debt := Owed{Contact: c}
		if i := slices.IndexFunc(o.Hints, func(h replica.Hint) bool { return h.For == c }); i >= 0 {
			debt.Holder = &o.Hints[i].Holder
		}
		list = append(list, debt)
	}
	return list
}

// timeOf is the time of so many milliseconds since 1970, nil for 0.
func timeOf(ms uint64) *time.Time {
	if ms == 0 {
		return nil
	}
	t := time.UnixMilli(int64(ms)).UTC()
	return &t
}

// stored tells where a write is that too few replicas have, empty if nowhere.
func stored(o replica.Outcome) string {
	switch {
	case len(o.Replicas) > 0 && o.Behind > 0:
		return fmt.Sprintf("stored on %d of %d replicas %v, of which %d have yet to catch up,", len(o.Replicas), len(o.Wanted), o.Replicas, o.Behind)
	case len(o.Replicas) > 0:
		return fmt.Sprintf("stored on %d of %d replicas %v", len(o.Replicas), len(o.Wanted), o.Replicas)
	case len(o.Hints) > 0:
		return fmt.Sprintf("stored on none of %d replicas, and held for %d of them by others", len(o.Wanted), len(o.Hints))
	}
	return ""
}

// refusing tells whose stores did not take a write, nil if nobody's.
func refusing(o replica.Outcome) *Refusal {
	if len(o.Refusing) == 0 {
		return nil
	}
	return &Refusal{Text: fmt.Sprintf("the stores of %d of %d replicas %v did not take the write", len(o.Refusing), len(o.Wanted), o.Refusing)}
}

// failure tells why an operation failed, and what is known of a write.
func failure(o replica.Outcome) error {
	full := refusing(o)
	switch o.Error {
	case replica.NoPeer:
		return fmt.Errorf("%w: the replicas of this key cannot be located; try again when the ring has settled", ErrNoPeer)
	case replica.QuorumNotMet:
		switch has := stored(o); {
		case has != "":
			return fmt.Errorf("%w: %w", ErrQuorum, full.before(has+" only; the write may survive, repeat it to be sure"))
		case full != nil:
			return fmt.Errorf("%w: %w", ErrQuorum, full.before("nobody has the write"))
		}
		return fmt.Errorf("%w: too few of the key's replicas answered in time; try again when the ring has settled", ErrQuorum)
	case replica.OutcomeUnknown:
		fate := "one may have stored it; read the key, or repeat the write"
		if len(o.Hints) > 0 {
			fate = fmt.Sprintf("%d other peers hold it to hand it over, so it may appear; read the key, or repeat the write", len(o.Hints))
		}
		return fmt.Errorf("%w: %w", ErrUnknown, full.before("no replica confirmed the write in time, but "+fate))
	case replica.ClockRefused:
		return fmt.Errorf("%w: set that of this peer right, or those of the key's replicas, and repeat the write", ErrClock)
	case replica.Conflict:
		if !o.Found {
			return fmt.Errorf("%w: there is no such key", ErrConflict)
		}
		return fmt.Errorf("%w: the key has version %v", ErrConflict, o.Record.Version)
	case replica.IsManifest:
		return fmt.Errorf("%w: touch it by package blob", ErrManifest)
	case replica.Missing:
		return fmt.Errorf("%w: %s", ErrNotFound, printable(o.Record.Key))
	}
	return nil
}
