package transport

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/fxamacker/cbor/v2"
)

// Sizes of a message, in bytes.
const (
	// MaxSmall is the largest body that travels in the lane for small messages.
	MaxSmall = 16 << 10

	// MaxBody is the largest body that travels at all.
	MaxBody = 4 << 20

	maxHints = 24 << 10 // all hints of a frame, encoded
	prefix   = 4        // length in front of a frame, big-endian
)

// Bounds on the hints of one frame, for the sender and the receiver.
const (
	maxFrameAddrs = 64
	maxPeerAddrs  = 8
	maxAddrLen    = 256
)

// A frame is one message on a stream: its head, encoded, and its body behind that.
type frame struct {
	head
	Body []byte
}

type head struct {
	Hints []hint `cbor:"1,keyasint,omitempty"`
}

// A hint tells addresses of a peer, as binary multiaddrs.
type hint struct {
	Peer  []byte   `cbor:"1,keyasint"`
	Addrs [][]byte `cbor:"2,keyasint"`
}

// errFrame is wrapped by every error that the sender of a frame is to blame for.
var errFrame = errors.New("not a frame")

var (
	encoding = must(cbor.EncOptions{}.UserBufferEncMode())
	decoding = must(cbor.DecOptions{
		DupMapKey:        cbor.DupMapKeyEnforcedAPF,
		IndefLength:      cbor.IndefLengthForbidden,
		TagsMd:           cbor.TagsForbidden,
		MaxNestedLevels:  8,
		MaxArrayElements: maxFrameAddrs,
		MaxMapPairs:      16,
	}.DecMode())
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err) // the options above are constants
	}
	return v
}

// appendFrame writes a frame behind what b holds.
func appendFrame(b *bytes.Buffer, f frame) error {
	start := b.Len()
	b.Write(make([]byte, prefix))
	if err := encoding.MarshalToBuffer(&f.head, b); err != nil {
		b.Truncate(start)
		return fmt.Errorf("encode frame: %w", err)
	}
	b.Write(f.Body)
	encoded := b.Bytes()[start:]
	binary.BigEndian.PutUint32(encoded, uint32(len(encoded)-prefix))
	return nil
}

// readSize waits for the next frame, whose body has at most maxBody bytes, and reads
// how long it is. It returns io.EOF between frames, and otherwise an error that wraps
// errFrame where the bytes are wrong.
func readSize(r io.Reader, maxBody int) (int, error) {
	var head [prefix]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, err
	}
	size := binary.BigEndian.Uint32(head[:])
	if size > uint32(maxBody+maxHints) {
		return 0, fmt.Errorf("%w: it claims %d bytes, at most %d are allowed", errFrame, size, maxBody+maxHints)
	}
	return int(size), nil
}

// readRest reads the rest of a frame, with errors like those of readSize. The scratch
// buffer may be nil; the frame's body lies in it.
func readRest(r io.Reader, size int, scratch []byte) (frame, []byte, error) {
	scratch, err := readAll(r, size, scratch[:0])
	if err != nil {
		return frame{}, scratch, err
	}
	f, err := decodeFrame(scratch)
	return f, scratch, err
}

// readAll reads size bytes. It allocates no more than twice what has arrived, so
// that a claimed size alone costs nothing.
func readAll(r io.Reader, size int, buf []byte) ([]byte, error) {
	for len(buf) < size {
		step := min(size-len(buf), max(len(buf), cap(buf)-len(buf), MaxSmall))
		buf = slices.Grow(buf, step)
		n, err := io.ReadFull(r, buf[len(buf):len(buf)+step])
		buf = buf[:len(buf)+n]
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return buf, err
		}
	}
	return buf, nil
}

func decodeFrame(b []byte) (f frame, err error) {
	if f.Body, err = decoding.UnmarshalFirst(b, &f.head); err != nil {
		return frame{}, fmt.Errorf("%w: %v", errFrame, err)
	}
	addrs := 0
	for _, h := range f.Hints {
		addrs += len(h.Addrs)
		if len(h.Addrs) > maxPeerAddrs || addrs > maxFrameAddrs {
			return frame{}, fmt.Errorf("%w: too many addresses", errFrame)
		}
	}
	return f, nil
}
