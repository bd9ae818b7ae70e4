package store

import (
	"bytes"
	"io"
	"slices"

	"github.com/syndtr/goleveldb/leveldb/storage"
)

// A glance is the files as they are opened to read only. There goleveldb cannot
// read more than one journal: it takes the end of the first for an error. So it
// is shown all of them as one.
type glance struct{ *files }

func (g glance) journals() ([]storage.FileDesc, error) {
	fds, err := g.files.List(storage.TypeJournal)
	slices.SortFunc(fds, func(a, b storage.FileDesc) int { return int(a.Num - b.Num) })
	return fds, err
}

// List leaves out all journals but the last one.
func (g glance) List(types storage.FileType) ([]storage.FileDesc, error) {
	fds, err := g.files.List(types &^ storage.TypeJournal)
	if err != nil || types&storage.TypeJournal == 0 {
		return fds, err
	}
	journals, err := g.journals()
	return append(fds, journals[max(0, len(journals)-1):]...), err
}

// Open gives all journals for any.
func (g glance) Open(fd storage.FileDesc) (storage.Reader, error) {
	if fd.Type != storage.TypeJournal {
		return g.files.Open(fd)
	}
	fds, err := g.journals()
	if err != nil {
		return nil, err
	}
	var all []byte
	for _, fd := range fds {
		if all, err = g.join(all, fd); err != nil {
			return nil, err
		}
	}
	return joined{bytes.NewReader(all)}, nil
}

// journalBlock is what a journal is divided into. A block of zeroes is passed
// over, and ends a batch that has no end.
const journalBlock = 32 << 10

// join appends what counts of a journal, and zeroes.
func (g glance) join(all []byte, fd storage.FileDesc) ([]byte, error) {
	r, err := g.files.Open(fd)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, g.counts(fd)))
	if err != nil {
		return nil, err
	}
	all = append(all, b...)
	return append(all, make([]byte, 2*journalBlock-len(b)%journalBlock)...), nil
}

// joined is a storage.Reader of bytes.
type joined struct{ *bytes.Reader }

func (joined) Close() error { return nil }
