package blob

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"peal/node"
	"peal/node/replica"
)

// A fakeRing is a Peer that keeps records in a map, and fails where a test wants it.
type fakeRing struct {
	mu      sync.Mutex
	records map[string]node.Value
	stamps  uint64
	log     []string               // what was done to which kind of key
	fail    func(did string) error // called before each operation, such as "put block"
}

func newFake() *fakeRing {
	return &fakeRing{records: map[string]node.Value{}, fail: func(string) error { return nil }}
}

// begin admits an operation. The caller unlocks mu.
func (f *fakeRing) begin(ctx context.Context, what string, key []byte) error {
	did := what + " key"
	if replica.Internal(string(key)) {
		did = what + " block"
	}
	f.mu.Lock()
	f.log = append(f.log, did)
	return cmp.Or(ctx.Err(), f.fail(did))
}

func (f *fakeRing) live(key []byte) (node.Value, bool) {
	v, ok := f.records[string(key)]
	return v, ok && (v.Expires == nil || v.Expires.After(time.Now()))
}

// write judges the condition, and stamps what is written.
func (f *fakeRing) write(key []byte, opt node.WriteOptions, change func(v *node.Value)) (node.Receipt, error) {
	v, found := f.live(key)
	if opt.If.Absent && found || opt.If.Version != "" && (!found || v.Version.String() != opt.If.Version) {
		return node.Receipt{}, node.ErrConflict
	}
	var receipt node.Receipt
	if found && v.Total != 0 {
		receipt.Replaced = []replica.Record{{Key: string(key), Value: v.Data, Total: v.Total, Version: v.Version}}
	}
	f.stamps++
	v.Version, v.Expires = replica.Version{Stamp: replica.Stamp{Wall: f.stamps, Writer: "w"}}, nil
	if opt.TTL != 0 {
		at := time.Now().Add(opt.TTL)
		v.Expires = &at
	}
	change(&v)
	f.records[string(key)] = v
	receipt.Version = v.Version
	return receipt, nil
}

func (f *fakeRing) Put(ctx context.Context, key, value []byte, opt node.WriteOptions) (node.Receipt, error) {
	err := f.begin(ctx, "put", key)
	defer f.mu.Unlock()
	if err != nil {
		return node.Receipt{}, err
	}
	return f.write(key, opt, func(v *node.Value) { v.Data, v.Total = bytes.Clone(value), opt.Total })
}

func (f *fakeRing) Touch(ctx context.Context, key []byte, opt node.WriteOptions) (node.Receipt, error) {
	err := f.begin(ctx, "touch", key)
	defer f.mu.Unlock()
	switch v, found := f.live(key); {
	case err != nil:
	case !found:
		err = node.ErrNotFound
	case v.Total != opt.Total:
		err = node.ErrManifest
	}
	if err != nil {
		return node.Receipt{}, err
	}
	receipt, err := f.write(key, opt, func(*node.Value) {})
	receipt.Replaced = nil
	return receipt, err
}

func (f *fakeRing) Delete(ctx context.Context, key []byte, opt node.WriteOptions) (node.Receipt, error) {
	err := f.begin(ctx, "delete", key)
	defer f.mu.Unlock()
	if err != nil {
		return node.Receipt{}, err
	}
	receipt, err := f.write(key, opt, func(v *node.Value) { *v = node.Value{} })
	if err == nil {
		delete(f.records, string(key))
	}
	return receipt, err
}

func (f *fakeRing) Get(ctx context.Context, key []byte, _ node.ReadOptions) (node.Value, error) {
	err := f.begin(ctx, "get", key)
	defer f.mu.Unlock()
	v, found := f.live(key)
	if err == nil && !found {
		err = node.ErrNotFound
	}
	return v, err
}

// blocks counts those that are there.
func (f *fakeRing) blocks() (count, forever int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for key := range f.records {
		if v, ok := f.live([]byte(key)); ok && replica.Internal(key) {
			count++
			if v.Expires == nil {
				forever++
			}
		}
	}
	return count, forever
}

func (f *fakeRing) wantBlocks(t *testing.T, count, forever int) {
	t.Helper()
	if gotCount, gotForever := f.blocks(); gotCount != count || gotForever != forever {
		t.Errorf("%d blocks, %d of them for ever; want %d and %d", gotCount, gotForever, count, forever)
	}
}

// nth makes the n-th operation of a kind fail, and those behind it.
func (f *fakeRing) nth(kind string, n int, err error) {
	f.fail = func(did string) error {
		if did == kind {
			n--
		}
		if did == kind && n <= 0 {
			return err
		}
		return nil
	}
}

// some makes a value no two blocks of which are alike.
func some(size int, seed byte) []byte {
	b := make([]byte, size)
	for i := 0; i < size; i += 1000 {
		b[i] = seed
		copy(b[i+1:], strconv.Itoa(i))
	}
	return b
}

func put(t *testing.T, f *fakeRing, key string, value []byte, opt node.WriteOptions) {
	t.Helper()
	if _, err := Put(t.Context(), f, []byte(key), bytes.NewReader(value), opt); err != nil {
		t.Fatalf("put of %d bytes: %v", len(value), err)
	}
}

func read(t *testing.T, f *fakeRing, key string) ([]byte, error) {
	t.Helper()
	v, err := Get(t.Context(), f, []byte(key), node.ReadOptions{})
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = v.Copy(t.Context(), &b)
	if err == nil && v.Size != int64(b.Len()) {
		err = fmt.Errorf("size %d, but %d bytes", v.Size, b.Len())
	}
	return b.Bytes(), err
}

func wantRead(t *testing.T, f *fakeRing, key string, want []byte) {
	t.Helper()
	if got, err := read(t, f, key); err != nil || !bytes.Equal(got, want) {
		t.Errorf("read %d bytes, error %v; want the %d that were put", len(got), err, len(want))
	}
}
