package blob

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"peal/node"
	"peal/node/replica"
)

// lease is how long blocks live before their value is whole, and beyond the time to
// live of one that has such.
const lease = 24 * time.Hour

// Put stores all that can be read of value under a key. Options and receipt are those
// of the record under the key; a condition that does not hold is noticed before the
// value is read, if that is large.
func Put(ctx context.Context, p Peer, key []byte, value io.Reader, opt node.WriteOptions) (node.Receipt, error) {
	if err := errors.Join(CheckKey(key), opt.Valid()); err != nil {
		return node.Receipt{}, err
	}
	start := time.Now()
	rest := bufio.NewReader(value)
	head, err := io.ReadAll(io.LimitReader(rest, BlockSize))
	if err == nil {
		_, err = rest.Peek(1)
	}
	switch {
	case errors.Is(err, io.EOF):
		receipt, err := p.Put(ctx, key, head, opt)
		return cleared(ctx, p, receipt, err)
	case err != nil:
		return node.Receipt{}, cut(err)
	}
	if receipt, err := judge(ctx, p, key, opt.If); err != nil {
		return receipt, err
	}
	u := &upload{peer: p, opt: opt, start: start, manifest: newManifest(), seen: map[string]bool{}}
	receipt, err := u.run(ctx, key, head, rest)
	receipt.Millis = float64(time.Since(start).Microseconds()) / 1000
	return cleared(ctx, p, receipt, err)
}

func cut(err error) error { return fmt.Errorf("%w: send it again (%w)", ErrCut, err) }

// judge says early that a condition does not hold. Whether it does is decided where
// the manifest is put.
func judge(ctx context.Context, p Peer, key []byte, want replica.Condition) (node.Receipt, error) {
	if want == (replica.Condition{}) {
		return node.Receipt{}, nil
	}
	v, err := p.Get(ctx, key, node.ReadOptions{})
	switch {
	case err != nil && !errors.Is(err, node.ErrNotFound):
		return node.Receipt{}, err
	case err != nil && want.Version != "":
		return node.Receipt{Key: string(key)}, fmt.Errorf("%w: there is no such key", node.ErrConflict)
	case err == nil && (want.Absent || want.Version != v.Version.String()):
		return node.Receipt{Key: string(key), Version: v.Version}, fmt.Errorf("%w: the key has version %v", node.ErrConflict, v.Version)
	}
	return node.Receipt{}, nil
}

// An upload is the Put of a large value under way.
type upload struct {
	peer     Peer
	opt      node.WriteOptions
	start    time.Time
	manifest manifest
	size     uint64
	seen     map[string]bool // hashes of blocks that were put
}

func (u *upload) run(ctx context.Context, key, head []byte, rest io.Reader) (node.Receipt, error) {
	err := u.putBlocks(ctx, head, rest)
	if err == nil {
		err = u.keepBlocks(ctx)
	}
	if err != nil {
		discard(ctx, u.peer, u.manifest)
		return node.Receipt{}, notStored(err)
	}
	receipt, err := u.putManifest(ctx, key)
	nowhere := func(sure error) bool { return errors.Is(err, sure) }
	if slices.ContainsFunc(refusals, nowhere) {
		discard(ctx, u.peer, u.manifest)
	}
	return receipt, err
}

// refusals are the errors after which it is certain that a record is nowhere.
var refusals = []error{node.ErrConflict, node.ErrInvalid, node.ErrNoPeer, node.ErrClock}

// notStored says of the value what an error says of a block: without it there is
// none, for certain.
func notStored(err error) error {
	if errors.Is(err, node.ErrClosed) {
		return node.ErrClosed
	}
	var full *node.Refusal
	if errors.As(err, &full) {
		return fmt.Errorf("%w: %w; nothing was stored", node.ErrQuorum, full)
	}
	if errors.Is(err, node.ErrUnknown) || errors.Is(err, node.ErrQuorum) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w: too few replicas took a block in time, and nothing was stored; try again when the ring has settled", node.ErrQuorum)
	}
	return err
}

// putBlocks reads and puts block after block. As many are in flight as there are
// buffers.
func (u *upload) putBlocks(ctx context.Context, head []byte, rest io.Reader) error {
	puts, within := errgroup.WithContext(ctx)
	buffers := make(chan *bytes.Buffer, atOnce)
	for range atOnce {
		buffers <- new(bytes.Buffer)
	}
	next := io.MultiReader(bytes.NewReader(head), rest)
	for within.Err() == nil {
		buf := <-buffers
		buf.Reset()
		if _, err := buf.ReadFrom(io.LimitReader(next, BlockSize)); err != nil {
			_ = puts.Wait()
			return cut(err)
		}
		if buf.Len() == 0 {
			break
		}
		fresh, err := u.add(buf.Bytes())
		if err != nil {
			_ = puts.Wait()
			return err
		}
		block := u.manifest.key(u.manifest.blocks() - 1)
		puts.Go(func() (err error) {
			if fresh {
				_, err = u.peer.Put(within, block, buf.Bytes(), u.blockOptions())
			}
			buffers <- buf
			return err
		})
	}
	if err := puts.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// add takes a block into the manifest, and tells whether it is to be put.
func (u *upload) add(block []byte) (fresh bool, err error) {
	if u.manifest.blocks() == maxBlocks {
		return false, fmt.Errorf("%w: it has more than %d bytes", ErrTooLarge, uint64(MaxSize))
	}
	u.manifest.add(block)
	u.size += uint64(len(block))
	hash := string(u.manifest.key(u.manifest.blocks() - 1))
	fresh = !u.seen[hash]
	u.seen[hash] = true
	return fresh, nil
}

// blockOptions let a block live until the manifest is put, and longer than it.
func (u *upload) blockOptions() node.WriteOptions {
	return node.WriteOptions{W: u.opt.W, TTL: u.opt.TTL + lease}
}

// keepBlocks makes sure that the blocks live as long as the manifest.
func (u *upload) keepBlocks(ctx context.Context) error {
	if taken := time.Since(u.start); taken > lease {
		return fmt.Errorf("%w: it took %v, and the first block has expired after %v", ErrCut, taken, lease)
	}
	if u.opt.TTL != 0 {
		return nil
	}
	return touchBlocks(ctx, u.peer, u.manifest, node.WriteOptions{W: u.opt.W})
}

func (u *upload) putManifest(ctx context.Context, key []byte) (node.Receipt, error) {
	data, err := u.manifest.encode()
	if err != nil {
		return node.Receipt{}, fmt.Errorf("encode the manifest: %w", err)
	}
	opt := u.opt
	opt.Total = u.size
	receipt, err := u.peer.Put(ctx, key, data, opt)
	if errors.Is(err, node.ErrConflict) && opt.If == (replica.Condition{}) {
		err = fmt.Errorf("%w: another value was stored at the same time: put it again to replace that", err)
	}
	return receipt, err
}
