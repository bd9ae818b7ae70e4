package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"peal/node"
	"peal/node/replica"
)

var absent = node.WriteOptions{If: replica.Condition{Absent: true}}

func TestWhatIsPutIsRead(t *testing.T) {
	f := newFake()
	for i, size := range []int{0, 1, BlockSize - 1, BlockSize, BlockSize + 1, 2 * BlockSize, 2*BlockSize + 1, atOnce*BlockSize + 17} {
		value := some(size, byte(i))
		put(t, f, "key", value, node.WriteOptions{})
		wantRead(t, f, "key", value)
		blocks := 0
		if size > BlockSize {
			blocks = (size + BlockSize - 1) / BlockSize
		}
		f.wantBlocks(t, blocks, blocks) // and none of the value before
	}
}

// Small reads and whole ones are the same value.
func TestValuesThatComeInPieces(t *testing.T) {
	f := newFake()
	value := some(2*BlockSize+1000, 1)
	for _, r := range []io.Reader{iotest.HalfReader(bytes.NewReader(value)), iotest.DataErrReader(bytes.NewReader(value))} {
		if _, err := Put(t.Context(), f, []byte("key"), r, node.WriteOptions{}); err != nil {
			t.Fatal(err)
		}
		wantRead(t, f, "key", value)
	}
}

func TestEqualBlocksAreStoredOnce(t *testing.T) {
	f := newFake()
	zeros := make([]byte, 5*BlockSize+1)
	put(t, f, "one", zeros, node.WriteOptions{})
	f.wantBlocks(t, 2, 2)
	put(t, f, "two", zeros, node.WriteOptions{})
	f.wantBlocks(t, 4, 4)
	if _, err := Delete(t.Context(), f, []byte("one"), node.WriteOptions{}); err != nil {
		t.Error(err)
	}
	f.wantBlocks(t, 2, 2)
	wantRead(t, f, "two", zeros)
}

// Blocks come first, then live for ever, and then get a manifest.
func TestOrderOfAPut(t *testing.T) {
	f := newFake()
	put(t, f, "key", some(3*BlockSize, 1), node.WriteOptions{})
	want := slices.Concat(slices.Repeat([]string{"put block"}, 3), slices.Repeat([]string{"touch block"}, 3), []string{"put key"})
	if !slices.Equal(f.log, want) {
		t.Errorf("did %q, want %q", f.log, want)
	}
}

// What fails leaves nothing, unless the value may be there.
func TestFailedPuts(t *testing.T) {
	for _, test := range []struct {
		where string
		nth   int
		err   error
		left  int
	}{
		{"put block", 1, node.ErrQuorum, 0},
		{"put block", 3, node.ErrNoPeer, 0},
		{"touch block", 1, node.ErrNoPeer, 0},
		{"touch block", 2, node.ErrQuorum, 0},
		{"put key", 1, node.ErrConflict, 0},
		{"put key", 1, node.ErrNoPeer, 0},
		{"put key", 1, node.ErrClock, 0},
		{"put key", 1, node.ErrQuorum, 4},
		{"put key", 1, node.ErrUnknown, 4},
	} {
		f := newFake()
		f.nth(test.where, test.nth, test.err)
		_, err := Put(t.Context(), f, []byte("key"), bytes.NewReader(some(4*BlockSize, 1)), node.WriteOptions{})
		if !errors.Is(err, test.err) {
			t.Errorf("%s %d fails: error %v, want %v", test.where, test.nth, err, test.err)
		}
		f.wantBlocks(t, test.left, test.left)
		if _, found := f.records["key"]; found {
			t.Errorf("%s %d fails: there is a manifest", test.where, test.nth)
		}
	}
}

// Whose store did not take a block is told of the value.
func TestPutOnAFullDisk(t *testing.T) {
	f := newFake()
	f.nth("put block", 2, fmt.Errorf("%w; %w", &node.Refusal{Text: "this peer's store refuses writes", Why: errors.New("disk full")}, node.ErrQuorum))
	_, err := Put(t.Context(), f, []byte("key"), bytes.NewReader(some(4*BlockSize, 1)), node.WriteOptions{})
	if want := "quorum not met: this peer's store refuses writes: disk full; nothing was stored"; err == nil || err.Error() != want {
		t.Errorf("error %q, want %q", err, want)
	}
}

// A peer that crashes does nothing more. The sooner it does, the more expires.
func TestCrashWhileBlocksArePut(t *testing.T) {
	for n := 1; n <= 4; n++ {
		synctest.Test(t, func(t *testing.T) {
			f := newFake()
			left := n
			f.fail = func(string) error {
				if left--; left < 0 {
					return errors.Join(node.ErrUnknown, node.ErrClosed)
				}
				return nil
			}
			_, err := Put(t.Context(), f, []byte("key"), bytes.NewReader(some(4*BlockSize, 1)), node.WriteOptions{})
			if !errors.Is(err, node.ErrClosed) || errors.Is(err, node.ErrUnknown) {
				t.Errorf("error %v, want that the peer is closed, and there is no value", err)
			}
			f.wantBlocks(t, n, 0)
			time.Sleep(lease)
			f.wantBlocks(t, 0, 0)
			if len(f.records) != n {
				t.Errorf("%d records, want the %d blocks alone", len(f.records), n)
			}
		})
	}
}

func TestValueThatBreaksOff(t *testing.T) {
	for _, size := range []int{0, 1000, BlockSize, BlockSize + 1, 3*BlockSize + 5} {
		for _, why := range []error{io.ErrUnexpectedEOF, errors.New("reset")} {
			f := newFake()
			value := io.MultiReader(bytes.NewReader(some(size, 1)), iotest.ErrReader(why))
			if _, err := Put(t.Context(), f, []byte("key"), value, node.WriteOptions{}); !errors.Is(err, ErrCut) || !errors.Is(err, why) {
				t.Errorf("%d bytes: error %v, want ErrCut and %v", size, err, why)
			}
			if len(f.records) > 0 {
				t.Errorf("%d bytes: %d records, want none", size, len(f.records))
			}
		}
	}
}

// A value that takes longer than its first block lives must not come to be.
func TestPutThatTakesTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, ttl := range []time.Duration{0, time.Minute} {
			f := newFake()
			slow := io.MultiReader(bytes.NewReader(some(2*BlockSize, 1)), readerFunc(func([]byte) (int, error) {
				time.Sleep(lease + time.Second)
				return 0, io.EOF
			}))
			if _, err := Put(t.Context(), f, []byte("key"), slow, node.WriteOptions{TTL: ttl}); !errors.Is(err, ErrCut) {
				t.Errorf("error %v, want ErrCut", err)
			}
			if len(f.records) > 0 {
				t.Errorf("%d records, want none", len(f.records))
			}
		}
	})
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestConditionOfALargeValue(t *testing.T) {
	f := newFake()
	put(t, f, "key", some(2*BlockSize, 1), absent)
	source := bytes.NewReader(some(10*BlockSize, 2))
	receipt, err := Put(t.Context(), f, []byte("key"), source, absent)
	if !errors.Is(err, node.ErrConflict) || receipt.Version != f.records["key"].Version {
		t.Errorf("error %v with %v, want a conflict with %v", err, receipt.Version, f.records["key"].Version)
	}
	if source.Len() < 8*BlockSize {
		t.Errorf("%d bytes were left to be read, want most of them", source.Len())
	}
	same := node.WriteOptions{If: replica.Condition{Version: receipt.Version.String()}}
	put(t, f, "key", some(3*BlockSize, 3), same)
	f.wantBlocks(t, 3, 3)
	for key, version := range map[string]string{"key": "1.0-w", "missing": receipt.Version.String()} {
		opt := node.WriteOptions{If: replica.Condition{Version: version}}
		if _, err := Put(t.Context(), f, []byte(key), bytes.NewReader(some(2*BlockSize, 4)), opt); !errors.Is(err, node.ErrConflict) {
			t.Errorf("put of %q, if it has version %s: error %v, want a conflict", key, version, err)
		}
	}
	f.wantBlocks(t, 3, 3)
}

// The value that another writer stored meanwhile is not taken for a condition that
// somebody set.
func TestConflictWithoutACondition(t *testing.T) {
	f := newFake()
	f.nth("put key", 1, node.ErrConflict)
	_, err := Put(t.Context(), f, []byte("key"), bytes.NewReader(some(2*BlockSize, 1)), node.WriteOptions{})
	if !errors.Is(err, node.ErrConflict) || !strings.Contains(err.Error(), "at the same time") {
		t.Errorf("error %v, want a conflict that says with whom", err)
	}
}

func TestReservedKeys(t *testing.T) {
	f := newFake()
	key := []byte(replica.InternalPrefix + "x")
	_, putErr := Put(t.Context(), f, key, strings.NewReader(""), node.WriteOptions{})
	_, touchErr := Touch(t.Context(), f, key, node.WriteOptions{})
	_, deleteErr := Delete(t.Context(), f, key, node.WriteOptions{})
	for _, err := range []error{putErr, touchErr, deleteErr} {
		if !errors.Is(err, node.ErrInvalid) || !strings.Contains(err.Error(), `"\x00peal/"`) {
			t.Errorf("error %v, want that the key is reserved", err)
		}
	}
	put(t, f, "\x00peal", nil, node.WriteOptions{})
}

func TestOptionsAreCheckedFirst(t *testing.T) {
	f := newFake()
	source := bytes.NewReader(some(2*BlockSize, 1))
	if _, err := Put(t.Context(), f, []byte("key"), source, node.WriteOptions{TTL: -time.Hour}); !errors.Is(err, node.ErrInvalid) || source.Len() != 2*BlockSize {
		t.Errorf("error %v with %d bytes left, want an invalid request and nothing read", err, source.Len())
	}
}

// A stalled ring stalls the source.
func TestPutReadsNoFurtherThanItPuts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gated{newFake(), make(chan struct{})}
		value := some(2*atOnce*BlockSize, 1)
		source := bytes.NewReader(value)
		done := make(chan error)
		go func() {
			_, err := Put(t.Context(), g, []byte("key"), source, node.WriteOptions{})
			done <- err
		}()
		synctest.Wait()
		if taken := len(value) - source.Len(); taken > (atOnce+1)*BlockSize {
			t.Errorf("read %d blocks ahead, want %d", taken/BlockSize, atOnce)
		}
		close(g.gate)
		if err := <-done; err != nil {
			t.Error(err)
		}
		wantRead(t, g.fakeRing, "key", value)
	})
}

// A gated ring puts nothing until its gate opens.
type gated struct {
	*fakeRing
	gate chan struct{}
}

func (g gated) Put(ctx context.Context, key, value []byte, opt node.WriteOptions) (node.Receipt, error) {
	select {
	case <-g.gate:
		return g.fakeRing.Put(ctx, key, value, opt)
	case <-ctx.Done():
		return node.Receipt{}, ctx.Err()
	}
}

func TestCancelledPut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		g := gated{newFake(), make(chan struct{})}
		time.AfterFunc(time.Second, cancel)
		if _, err := Put(ctx, g, []byte("key"), bytes.NewReader(some(20*BlockSize, 1)), node.WriteOptions{}); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want that it was cancelled", err)
		}
	})
}

// A block of which nobody knows whether it is stored leaves no doubt of the value.
func TestUnknownBlockIsNoUnknownValue(t *testing.T) {
	for _, where := range []string{"put block", "touch block"} {
		for _, why := range []error{node.ErrUnknown, context.DeadlineExceeded} {
			f := newFake()
			f.nth(where, 2, why)
			_, err := Put(t.Context(), f, []byte("key"), bytes.NewReader(some(3*BlockSize, 1)), node.WriteOptions{})
			if !errors.Is(err, node.ErrQuorum) || !strings.Contains(err.Error(), "nothing was stored") {
				t.Errorf("%s: error %v, want an unmet quorum, and that nothing was stored", where, err)
			}
		}
	}
}
