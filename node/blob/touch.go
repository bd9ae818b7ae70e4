package blob

import (
	"context"
	"errors"
	"fmt"
	"time"

	"peal/node"
	"peal/node/replica"
)

// touches bounds how often a Touch begins anew because the value was replaced.
const touches = 5

// Touch gives a key another time to live, and its blocks with it.
func Touch(ctx context.Context, p Peer, key []byte, opt node.WriteOptions) (receipt node.Receipt, err error) {
	if err := errors.Join(CheckKey(key), opt.Valid()); err != nil {
		return node.Receipt{}, err
	}
	for range touches {
		receipt, err = p.Touch(ctx, key, opt)
		if !errors.Is(err, node.ErrManifest) {
			return receipt, err
		}
		receipt, err = touchLarge(ctx, p, key, opt)
		replaced := errors.Is(err, node.ErrConflict) && opt.If == (replica.Condition{})
		if !replaced && !errors.Is(err, node.ErrManifest) {
			return receipt, err
		}
	}
	return receipt, err
}

// touchLarge touches the manifest that is there now, while its blocks live longer
// than it: they come first if it is to live longer, and last if shorter.
func touchLarge(ctx context.Context, p Peer, key []byte, opt node.WriteOptions) (node.Receipt, error) {
	v, err := Get(ctx, p, key, node.ReadOptions{})
	if err != nil {
		return node.Receipt{}, err
	}
	if opt.If == (replica.Condition{}) {
		opt.If.Version = v.Version.String()
	}
	opt.Total = v.Total
	blocks := node.WriteOptions{W: opt.W}
	if opt.TTL != 0 {
		blocks.TTL = opt.TTL + lease
	}
	longer := opt.TTL == 0 || v.Expires != nil && time.Now().Add(opt.TTL).After(*v.Expires)
	if longer {
		if err := touchBlocks(ctx, p, v.blocks, blocks); err != nil {
			return node.Receipt{}, err
		}
		return p.Touch(ctx, key, opt)
	}
	receipt, err := p.Touch(ctx, key, opt)
	if err == nil {
		err = touchBlocks(ctx, p, v.blocks, blocks)
	}
	return receipt, err
}

// touchBlocks gives the blocks another time to live.
func touchBlocks(ctx context.Context, p Peer, m manifest, opt node.WriteOptions) error {
	return eachBlock(ctx, m, func(ctx context.Context, key []byte) error {
		_, err := p.Touch(ctx, key, opt)
		if errors.Is(err, node.ErrNotFound) {
			return fmt.Errorf("%w: a block has expired or was deleted", ErrLost)
		}
		return err
	})
}
