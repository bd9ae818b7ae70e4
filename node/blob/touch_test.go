package blob

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"peal/node"
	"peal/node/replica"
)

func touchKey(t *testing.T, f *fakeRing, ttl time.Duration) {
	t.Helper()
	if _, err := Touch(t.Context(), f, []byte("key"), node.WriteOptions{TTL: ttl}); err != nil {
		t.Errorf("touch: %v", err)
	}
}

// However its time to live changes, a manifest goes before its blocks.
func TestTimeToLiveOfALargeValue(t *testing.T) {
	for _, steps := range [][]time.Duration{
		{time.Hour},
		{time.Hour, 3 * time.Hour},
		{time.Hour, time.Minute},
		{0, time.Hour},
		{time.Hour, 0, time.Minute},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := newFake()
			value := some(3*BlockSize, 1)
			put(t, f, "key", value, node.WriteOptions{TTL: steps[0]})
			for _, ttl := range steps[1:] {
				touchKey(t, f, ttl)
			}
			f.wantBlocks(t, 3, 0)
			last := steps[len(steps)-1]
			time.Sleep(last - time.Second)
			wantRead(t, f, "key", value)
			time.Sleep(time.Second)
			if _, err := read(t, f, "key"); !errors.Is(err, node.ErrNotFound) {
				t.Errorf("after %v: error %v, want that the key is gone", last, err)
			}
			time.Sleep(lease)
			f.wantBlocks(t, 0, 0)
		})
	}
}

func TestTouchForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		value := some(3*BlockSize, 1)
		put(t, f, "key", value, node.WriteOptions{TTL: time.Hour})
		touchKey(t, f, 0)
		time.Sleep(10 * lease)
		f.wantBlocks(t, 3, 3)
		wantRead(t, f, "key", value)
	})
}

// A touch that fails in the middle does not leave a manifest without blocks.
func TestTouchThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		put(t, f, "key", some(3*BlockSize, 1), node.WriteOptions{TTL: time.Hour})
		f.nth("touch block", 2, node.ErrQuorum)
		if _, err := Touch(t.Context(), f, []byte("key"), node.WriteOptions{}); !errors.Is(err, node.ErrQuorum) {
			t.Errorf("error %v, want the quorum", err)
		}
		time.Sleep(time.Hour)
		if _, err := read(t, f, "key"); !errors.Is(err, node.ErrNotFound) {
			t.Errorf("error %v, want that the key is gone as before", err)
		}
	})
}

func TestTouchOfWhatIsNotLarge(t *testing.T) {
	f := newFake()
	if _, err := Touch(t.Context(), f, []byte("key"), node.WriteOptions{}); !errors.Is(err, node.ErrNotFound) {
		t.Errorf("error %v, want that the key is missing", err)
	}
	put(t, f, "key", []byte("value"), node.WriteOptions{})
	touchKey(t, f, time.Hour)
	wantRead(t, f, "key", []byte("value"))
	other := node.WriteOptions{If: replica.Condition{Version: "1.0-other"}}
	if _, err := Touch(t.Context(), f, []byte("key"), other); !errors.Is(err, node.ErrConflict) {
		t.Errorf("error %v, want a conflict", err)
	}
}

// A value that is replaced between a look at it and the touch is looked at again.
func TestTouchOfWhatIsReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		large := some(2*BlockSize, 1)
		touched := 0
		f.fail = func(did string) error {
			if did == "touch key" {
				touched++
			}
			if did == "touch key" && touched == 2 {
				return node.ErrConflict
			}
			return nil
		}
		put(t, f, "key", large, node.WriteOptions{TTL: time.Hour})
		touchKey(t, f, 0)
		time.Sleep(10 * lease)
		wantRead(t, f, "key", large)
	})
}
