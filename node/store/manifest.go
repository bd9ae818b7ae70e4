package store

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"io"
	"slices"

	"github.com/syndtr/goleveldb/leveldb/journal"
	"github.com/syndtr/goleveldb/leveldb/storage"
)

// retiredTables are those that goleveldb has replaced by others and may not have removed
// yet. They can hold what was deleted since, while the entry that says so is in no table
// any more. That is so even if what replaced them is damaged: other replicas have the
// records, and none of them could know that a deleted one has come back.
func retiredTables(files *files) (map[int64]bool, error) {
	fds, err := files.List(storage.TypeManifest)
	retired := map[int64]bool{}
	slices.SortFunc(fds, func(a, b storage.FileDesc) int { return cmp.Compare(a.Num, b.Num) })
	for _, fd := range fds {
		readManifest(files, fd, retired)
	}
	return retired, err
}

// readManifest notes which tables were replaced as far as a manifest can be read: what is
// damaged there makes no table retired.
func readManifest(files *files, fd storage.FileDesc, retired map[int64]bool) {
	file, err := files.Open(fd)
	if err != nil {
		return
	}
	defer file.Close()
	edits := journal.NewReader(file, nil, false, true)
	for {
		r, err := edits.Next()
		if err != nil {
			return
		}
		if b, err := io.ReadAll(r); err == nil {
			retire(b, retired)
		}
	}
}

// retire takes in an edit of what is in use. A table that is deleted and added has only moved
// to another level.
func retire(edit []byte, retired map[int64]bool) {
	deleted, added, err := tablesOf(edit)
	if err != nil {
		return
	}
	for _, num := range deleted {
		retired[num] = true
	}
	for _, num := range added {
		delete(retired, num)
	}
}

// The fields of an edit, which follow one another: the numbers (n) and strings (s) of each.
var editFields = map[uint64]string{1: "s", 2: "n", 3: "n", 4: "n", 5: "ns", deletedTable: "nn", addedTable: "nnnss", 9: "n"}

// Fields that name a table, behind the number of its level.
const (
	deletedTable = 6
	addedTable   = 7
)

// tablesOf gives the numbers of the tables that an edit deletes and adds.
func tablesOf(edit []byte) (deleted, added []int64, err error) {
	for in := bytes.NewReader(edit); in.Len() > 0; {
		field, err := binary.ReadUvarint(in)
		layout, known := editFields[field]
		if err != nil || !known {
			return nil, nil, ErrDamaged
		}
		var numbers []int64
		for _, part := range layout {
			n, err := binary.ReadUvarint(in)
			if err != nil || part == 's' && n > uint64(in.Len()) {
				return nil, nil, ErrDamaged
			}
			if part == 's' {
				in.Seek(int64(n), io.SeekCurrent)
				continue
			}
			numbers = append(numbers, int64(n))
		}
		switch field {
		case deletedTable:
			deleted = append(deleted, numbers[1])
		case addedTable:
			added = append(added, numbers[1])
		}
	}
	return deleted, added, nil
}
