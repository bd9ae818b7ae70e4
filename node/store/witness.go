package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// witnessName is a file beside those of goleveldb, whose names it does not have.
const witnessName = "WITNESS"

// A witness keeps a copy of the last commit's note outside the database: it
// knows of a commit that the database has lost from its end. It is not synced,
// so after a power cut it may know less than the database, but never more:
// nothing is told to it that is not durable.
type witness struct{ file *os.File }

// testimony reads the witness of a directory. One that is missing or damaged
// knows nothing.
func testimony(dir string) (note, error) {
	b, err := os.ReadFile(filepath.Join(dir, witnessName))
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		return note{}, err
	}
	n, err := decodeNote(b)
	if errors.Is(err, ErrDamaged) {
		err = nil
	}
	return n, err
}

// summon opens the witness, or makes one: then, once, durably, so that it does
// not go missing.
func summon(dir string, n note) (*witness, error) {
	file, err := os.OpenFile(filepath.Join(dir, witnessName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	w := &witness{file}
	err = w.tell(n)
	if err == nil {
		err = file.Truncate(noteLen)
	}
	if err == nil {
		err = file.Sync()
	}
	if err == nil {
		err = syncDir(dir)
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return w, nil
}

// tell notes a commit that is durable.
func (w *witness) tell(n note) error {
	_, err := w.file.WriteAt(n.encode(), 0)
	return err
}

// syncDir makes the names in a directory durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
