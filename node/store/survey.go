package store

import (
	"cmp"
	"encoding/binary"
	"errors"
	"io"
	"slices"

	"github.com/syndtr/goleveldb/leveldb"
	"github.com/syndtr/goleveldb/leveldb/iterator"
	"github.com/syndtr/goleveldb/leveldb/journal"
	"github.com/syndtr/goleveldb/leveldb/opt"
	"github.com/syndtr/goleveldb/leveldb/storage"
	"github.com/syndtr/goleveldb/leveldb/table"
)

// A survey reads the files of a damaged database one by one, without opening it:
// what has become of the list of its tables does not matter, and nothing is
// written. Of each key it knows the newest entry that can be trusted.
type survey struct {
	files   *files
	retired map[int64]bool // tables that are passed over
	newest  map[string]trace
	note    note             // the newest one that can be read
	damaged []string         // files in which something cannot be
	ahead   error            // ErrNewer, if some note says so
	in      storage.FileDesc // being read
}

// A trace of an entry.
type trace struct {
	number uint64 // goleveldb's, in the order of writes
	kind   kind
}

// A kind of entry.
type kind uint8

const (
	gone kind = iota
	live
	tombstone
	other
)

// A visitor is shown an entry; value is nil where a deletion was.
type visitor func(key, value []byte, number uint64)

func newSurvey(files *files) (*survey, error) {
	retired, err := retiredTables(files)
	s := &survey{files: files, retired: retired, newest: map[string]trace{}}
	if err == nil {
		err = s.visit(s.trace)
	}
	if err == nil {
		err = s.ahead
	}
	return s, err
}

// trace takes in an entry that can be trusted.
func (s *survey) trace(key, value []byte, number uint64) {
	kind, err := s.kindOf(key, value)
	if err != nil {
		s.blame()
		return
	}
	if t, ok := s.newest[string(key)]; !ok || number > t.number {
		s.newest[string(key)] = trace{number, kind}
		if string(key) == string(noteKey) && value != nil {
			s.note, _ = decodeNote(value)
		}
	}
}

func (s *survey) kindOf(key, value []byte) (kind, error) {
	switch {
	case value == nil:
		return gone, nil
	case len(key) == 0:
		return other, ErrDamaged
	case key[0] == recordPrefix:
		it, _, err := storedItem(key, value)
		if it.Deleted {
			return tombstone, err
		}
		return live, err
	case string(key) == string(noteKey):
		_, err := decodeNote(value)
		if errors.Is(err, ErrNewer) {
			s.ahead = err
		}
		return other, err
	}
	return other, nil
}

// count gives how many keys have an entry of a kind as their newest.
func (s *survey) count(k kind) (n int) {
	for _, t := range s.newest {
		if t.kind == k {
			n++
		}
	}
	return n
}

// expected is the note of what should be there, as far as anybody knows.
func (s *survey) expected(known note) note {
	if s.note.commit > known.commit {
		return s.note
	}
	return known
}

func (s *survey) blame() {
	if name := s.in.String(); !slices.Contains(s.damaged, name) {
		s.damaged = append(s.damaged, name)
	}
}

// Drop is told by the journal's reader what it passes over.
func (s *survey) Drop(error) { s.blame() }

// visit shows every entry of every file that can be read and is still in use.
func (s *survey) visit(v visitor) error {
	fds, err := s.files.List(storage.TypeTable | storage.TypeJournal)
	if err != nil {
		return err
	}
	slices.SortFunc(fds, func(a, b storage.FileDesc) int { return cmp.Compare(a.Num, b.Num) })
	for _, fd := range fds {
		if fd.Type == storage.TypeTable && s.retired[fd.Num] {
			continue
		}
		s.in = fd
		if err := s.visitFile(v); err != nil {
			s.blame()
		}
	}
	return nil
}

func (s *survey) visitFile(v visitor) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = panicError(r)
		}
	}()
	file, err := s.files.Open(s.in)
	if err != nil {
		return err
	}
	defer file.Close()
	if s.in.Type == storage.TypeTable {
		return s.visitTable(file, v)
	}
	return s.visitJournal(file, v)
}

// visitTable shows the entries of all blocks whose checksums are right.
func (s *survey) visitTable(file storage.Reader, v visitor) error {
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	t, err := table.NewReader(file, size, s.in, nil, nil, &opt.Options{Strict: opt.StrictBlockChecksum})
	if err != nil {
		return err
	}
	defer t.Release()
	it := t.NewIterator(nil, nil)
	defer it.Release()
	if it, ok := it.(iterator.ErrorCallbackSetter); ok {
		it.SetErrorCallback(s.Drop)
	}
	for it.Next() {
		key, number, value := it.Key(), uint64(0), it.Value()
		if len(key) < 8 {
			s.blame()
			continue
		}
		key, number = key[:len(key)-8], binary.LittleEndian.Uint64(key[len(key)-8:])
		if number&0xff == deletion {
			value = nil
		}
		v(key, value, number>>8)
	}
	return it.Error()
}

// deletion is the last byte of an entry's number where nothing is there any more.
const deletion = 0

// batchHeader of a batch in the journal: the number of its first entry, and how
// many there are.
const batchHeader = 8 + 4

func (s *survey) visitJournal(file storage.Reader, v visitor) error {
	batches := journal.NewReader(file, s, false, true)
	for {
		r, err := batches.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		b, err := io.ReadAll(r)
		if err == io.ErrUnexpectedEOF {
			continue // a batch without its end
		}
		if err != nil {
			return err
		}
		var batch leveldb.Batch
		if len(b) < batchHeader || batch.Load(b[batchHeader:]) != nil || batch.Len() != int(binary.LittleEndian.Uint32(b[8:])) {
			s.blame()
			continue
		}
		batch.Replay(&numbered{v, binary.LittleEndian.Uint64(b)})
	}
}

// numbered shows a visitor the entries of a batch.
type numbered struct {
	visit  visitor
	number uint64
}

func (n *numbered) Put(key, value []byte) { n.show(key, append([]byte{}, value...)) }
func (n *numbered) Delete(key []byte)     { n.show(key, nil) }

func (n *numbered) show(key, value []byte) {
	n.visit(key, value, n.number)
	n.number++
}
