package blob

import (
	"context"
	"errors"
	"fmt"

	"peal/node"
	"peal/node/replica"
)

// A Peer is where requests enter the ring; [node.Node] is one.
type Peer interface {
	Put(ctx context.Context, key, value []byte, opt node.WriteOptions) (node.Receipt, error)
	Touch(ctx context.Context, key []byte, opt node.WriteOptions) (node.Receipt, error)
	Delete(ctx context.Context, key []byte, opt node.WriteOptions) (node.Receipt, error)
	Get(ctx context.Context, key []byte, opt node.ReadOptions) (node.Value, error)
}

// What an operation can end with, besides the errors of package node.
var (
	// ErrCut: the value could not be read to its end, and nothing was stored.
	ErrCut = errors.New("the value did not arrive whole, nothing was stored")

	// ErrTooLarge: the value has more than MaxSize bytes.
	ErrTooLarge = errors.New("the value is too large")

	// ErrChanged: the value was overwritten, deleted or expired while it was read.
	ErrChanged = errors.New("the value changed while it was read")

	// ErrLost: a block of the value is missing or damaged.
	ErrLost = errors.New("a part of the value is lost")
)

// atOnce is how many blocks an operation has in flight.
const atOnce = 8

// CheckKey refuses to write keys that are reserved for the parts of large values.
func CheckKey(key []byte) error {
	if replica.Internal(string(key)) {
		return fmt.Errorf("%w: keys that begin with %q are reserved for parts of large values: choose another", node.ErrInvalid, replica.InternalPrefix)
	}
	return nil
}
