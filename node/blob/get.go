package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"peal/node"
)

// A Value is what a read found. Its bytes come with [Value.Copy].
type Value struct {
	node.Value       // of the record under the key
	Size       int64 // bytes of the value

	peer   Peer
	key    []byte
	opt    node.ReadOptions
	blocks manifest // none if the record is the value
}

// Get finds a value. A missing key is [node.ErrNotFound].
func Get(ctx context.Context, p Peer, key []byte, opt node.ReadOptions) (*Value, error) {
	record, err := p.Get(ctx, key, opt)
	if err != nil {
		return nil, err
	}
	v := &Value{Value: record, Size: int64(len(record.Data)), peer: p, key: key, opt: opt}
	if record.Total == 0 {
		return v, nil
	}
	v.Size = int64(record.Total)
	if v.blocks, err = decode(record.Data, record.Total); err != nil {
		return nil, fmt.Errorf("%w: its manifest is damaged: %w", ErrLost, err)
	}
	return v, nil
}

// Large reports whether the value is more than the record under the key.
func (v *Value) Large() bool { return v.Total != 0 }

// Copy writes the value, every byte of it verified. Blocks are read ahead, some at a
// time. With an error, what was written before is the beginning of the value.
func (v *Value) Copy(ctx context.Context, w io.Writer) error {
	if !v.Large() {
		_, err := w.Write(v.Data)
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var ahead [atOnce]chan block
	fetch := func(i int) {
		if i < v.blocks.blocks() {
			arrival := make(chan block, 1)
			ahead[i%atOnce] = arrival
			go func() { arrival <- v.fetch(ctx, i) }()
		}
	}
	for i := range atOnce {
		fetch(i)
	}
	for i := range v.blocks.blocks() {
		b := <-ahead[i%atOnce]
		if b.err != nil {
			return b.err
		}
		if _, err := w.Write(b.data); err != nil {
			return err
		}
		fetch(i + atOnce)
	}
	return nil
}

type block struct {
	data []byte
	err  error
}

// fetch reads a block and verifies it.
func (v *Value) fetch(ctx context.Context, i int) block {
	key := v.blocks.key(i)
	got, err := v.peer.Get(ctx, key, v.opt)
	switch {
	case errors.Is(err, node.ErrNotFound):
		return block{err: v.without(ctx, i, "is missing")}
	case err != nil:
		return block{err: fmt.Errorf("block %d of %d: %w", i+1, v.blocks.blocks(), err)}
	case int64(len(got.Data)) != v.lengthOf(i) || !bytes.HasSuffix(key, v.blocks.hash(got.Data)):
		return block{err: v.without(ctx, i, "is damaged")}
	}
	return block{data: got.Data}
}

// lengthOf is how many bytes a block has.
func (v *Value) lengthOf(i int) int64 {
	size := int64(v.blocks.Block)
	return min(size, v.Size-int64(i)*size)
}

// without says why a block cannot be had: it is of use only as long as its manifest
// stands under the key.
func (v *Value) without(ctx context.Context, i int, what string) error {
	now, err := v.peer.Get(ctx, v.key, v.opt)
	switch {
	case errors.Is(err, node.ErrNotFound), err == nil && !bytes.Equal(now.Data, v.Data):
		return fmt.Errorf("%w: read it again", ErrChanged)
	case err != nil:
		return err
	}
	return fmt.Errorf("%w: block %d of %d %s: try again when the ring has settled, or store the value anew", ErrLost, i+1, v.blocks.blocks(), what)
}
