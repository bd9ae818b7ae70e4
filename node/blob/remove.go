package blob

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"peal/node"
)

// removePatience is how long an operation waits for blocks to be deleted. The rest
// is deleted behind its back.
const removePatience = 5 * time.Second

// Delete removes a key, and the blocks of its value.
func Delete(ctx context.Context, p Peer, key []byte, opt node.WriteOptions) (node.Receipt, error) {
	if err := CheckKey(key); err != nil {
		return node.Receipt{}, err
	}
	receipt, err := p.Delete(ctx, key, opt)
	return cleared(ctx, p, receipt, err)
}

// cleared passes on how a write ended, once the blocks of the values that it took
// the place of are deleted.
func cleared(ctx context.Context, p Peer, receipt node.Receipt, err error) (node.Receipt, error) {
	if err != nil {
		return receipt, err
	}
	for _, rec := range receipt.Replaced {
		if m, err := decode(rec.Value, rec.Total); err == nil {
			discard(ctx, p, m)
		}
	}
	return receipt, nil
}

// discard deletes the blocks of a manifest that is nowhere any more, as far as the
// ring lets it, and however the caller's time ends.
func discard(ctx context.Context, p Peer, m manifest) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = eachBlock(context.WithoutCancel(ctx), m, func(ctx context.Context, key []byte) error {
			_, err := p.Delete(ctx, key, node.WriteOptions{})
			if errors.Is(err, node.ErrClosed) {
				return err
			}
			return nil
		})
	}()
	patience := time.NewTimer(removePatience)
	defer patience.Stop()
	select {
	case <-done:
	case <-patience.C:
	}
}

// eachBlock does something with the key of each block, several at a time, until it
// fails.
func eachBlock(ctx context.Context, m manifest, do func(ctx context.Context, key []byte) error) error {
	group, within := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for _, key := range m.keys() {
		if within.Err() != nil {
			break
		}
		group.Go(func() error { return do(within, key) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}
