package store

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"github.com/syndtr/goleveldb/leveldb/opt"
	"github.com/syndtr/goleveldb/leveldb/storage"
	"github.com/syndtr/goleveldb/leveldb/table"
)

// Whatever bits of a footer are flipped, goleveldb does not come to allocate
// more than the table's size.
func TestFooters(t *testing.T) {
	dir := filepath.Join(scratch(t), "store")
	lived(t, dir)
	names, _ := filepath.Glob(filepath.Join(dir, kinds["table"]))
	sound, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for bit := range 8 * footerLen {
		b := bytes.Clone(sound)
		b[len(b)-footerLen+bit/8] ^= 1 << (bit % 8)
		if checkFooter(joined{bytes.NewReader(b)}) != nil {
			refused++
			continue
		}
		r, err := table.NewReader(bytes.NewReader(b), int64(len(b)), storage.FileDesc{}, nil, nil, &opt.Options{})
		if err != nil {
			t.Fatal(err)
		}
		r.Release()
	}
	if err := checkFooter(joined{bytes.NewReader(sound)}); err != nil || refused == 0 {
		t.Errorf("%d flips refused, error of a sound table: %v", refused, err)
	}
}

func TestFooterOfAHugeBlock(t *testing.T) {
	for _, handle := range [][2]uint64{{0, 1 << 40}, {1 << 63, 1 << 63}, {0, 1<<64 - 1}, {1<<64 - 1, 2}} {
		footer := binary.AppendUvarint(binary.AppendUvarint(nil, handle[0]), handle[1])
		b := append(make([]byte, 1000), make([]byte, footerLen)...)
		copy(b[1000:], footer)
		if checkFooter(joined{bytes.NewReader(b)}) == nil {
			t.Errorf("a block at %d of %d bytes is accepted in a table of %d", handle[0], handle[1], len(b))
		}
	}
}
