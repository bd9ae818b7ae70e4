package blob

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"peal/node"
	"peal/node/replica"
)

// blockOf is the key of a block of a value, by its number.
func blockOf(t *testing.T, f *fakeRing, key string, i int) string {
	t.Helper()
	m, err := decode(f.records[key].Data, f.records[key].Total)
	if err != nil {
		t.Fatal(err)
	}
	return string(m.key(i))
}

func TestLostAndDamagedBlocks(t *testing.T) {
	value := some(3*BlockSize+5, 1)
	for name, harm := range map[string]func(records map[string]node.Value, key string){
		"missing": func(records map[string]node.Value, key string) { delete(records, key) },
		"flipped": func(records map[string]node.Value, key string) { records[key].Data[0] ^= 1 },
		"cut": func(records map[string]node.Value, key string) {
			records[key] = node.Value{Data: records[key].Data[:4]}
		},
	} {
		for _, i := range []int{0, 3} {
			f := newFake()
			put(t, f, "key", value, node.WriteOptions{})
			harm(f.records, blockOf(t, f, "key", i))
			got, err := read(t, f, "key")
			if !errors.Is(err, ErrLost) || !bytes.Equal(got, value[:i*BlockSize]) {
				t.Errorf("block %d %s: %d bytes, error %v; want ErrLost after %d", i, name, len(got), err, i*BlockSize)
			}
		}
	}
}

func TestDamagedManifest(t *testing.T) {
	f := newFake()
	put(t, f, "key", some(2*BlockSize, 1), node.WriteOptions{})
	for _, harm := range []func(v *node.Value){
		func(v *node.Value) { v.Data = v.Data[:len(v.Data)-1] },
		func(v *node.Value) { v.Total++ },
		func(v *node.Value) { v.Total = 1 },
	} {
		record := f.records["key"]
		harm(&record)
		f.records["key"] = record
		if _, err := read(t, f, "key"); !errors.Is(err, ErrLost) {
			t.Errorf("error %v, want ErrLost", err)
		}
	}
}

// A writerFunc does something when it gets bytes.
type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// Whoever reads while the value is replaced gets the beginning of the old one, and
// is told.
func TestReadingWhatIsReplaced(t *testing.T) {
	size := (atOnce + 3) * BlockSize
	for name, replace := range map[string]func(t *testing.T, f *fakeRing){
		"by a large value": func(t *testing.T, f *fakeRing) { put(t, f, "key", some(size, 2), node.WriteOptions{}) },
		"by a small value": func(t *testing.T, f *fakeRing) { put(t, f, "key", nil, node.WriteOptions{}) },
		"by nothing": func(t *testing.T, f *fakeRing) {
			if _, err := Delete(t.Context(), f, []byte("key"), node.WriteOptions{}); err != nil {
				t.Error(err)
			}
		},
	} {
		f := newFake()
		old := some(size, 1)
		put(t, f, "key", old, node.WriteOptions{})
		v, err := Get(t.Context(), f, []byte("key"), node.ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		var got []byte
		err = v.Copy(t.Context(), writerFunc(func(p []byte) (int, error) {
			if len(got) == 0 {
				replace(t, f)
			}
			got = append(got, p...)
			return len(p), nil
		}))
		if !errors.Is(err, ErrChanged) || !bytes.HasPrefix(old, got) {
			t.Errorf("replaced %s: error %v after %d bytes, right ones %v; want ErrChanged", name, err, len(got), bytes.HasPrefix(old, got))
		}
	}
}

// A reader that stalls holds a few blocks in memory.
func TestCopyReadsNoFurtherThanItWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		put(t, f, "key", some(2*atOnce*BlockSize, 1), node.WriteOptions{})
		v, err := Get(t.Context(), f, []byte("key"), node.ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		var reads atomic.Int64
		f.fail = func(string) error { reads.Add(1); return nil }
		r, w := io.Pipe()
		done := make(chan error)
		go func() { done <- v.Copy(t.Context(), w) }()
		synctest.Wait()
		if got := reads.Load(); got != atOnce {
			t.Errorf("%d blocks were read for nobody, want %d", got, atOnce)
		}
		r.CloseWithError(io.ErrClosedPipe)
		if err := <-done; !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("error %v, want that of the writer", err)
		}
	})
}

// Blocks that another ring sends for a manifest cannot be more than it says.
func TestManifestOfTheLargestValue(t *testing.T) {
	m := newManifest()
	m.Hashes = make([]byte, maxBlocks*32)
	data, err := m.encode()
	if err != nil || len(data) > replica.MaxValueLen {
		t.Fatalf("%d bytes, error %v; want at most %d", len(data), err, replica.MaxValueLen)
	}
	if got, err := decode(data, MaxSize); err != nil || !slices.Equal(got.Hashes, m.Hashes) {
		t.Errorf("decoded with error %v", err)
	}
	u := upload{manifest: m}
	if _, err := u.add(nil); !errors.Is(err, ErrTooLarge) {
		t.Errorf("one block more: error %v, want ErrTooLarge", err)
	}
}

func FuzzDecode(f *testing.F) {
	m := newManifest()
	m.add([]byte("block"))
	data, err := m.encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data, uint64(5))
	f.Add(data, uint64(0))
	f.Add([]byte{0xa0}, uint64(1))
	f.Fuzz(func(t *testing.T, data []byte, size uint64) {
		m, err := decode(data, size)
		if err != nil {
			return
		}
		v := Value{Size: int64(size), blocks: m}
		var sum int64
		for i := range m.blocks() {
			length := v.lengthOf(i)
			if length < 1 || length > BlockSize {
				t.Fatalf("block %d has %d bytes", i, length)
			}
			sum += length
		}
		if sum != v.Size || len(m.keys()) > m.blocks() {
			t.Errorf("blocks of %d bytes, want %d", sum, v.Size)
		}
	})
}
