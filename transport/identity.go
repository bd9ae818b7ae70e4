package transport

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/libp2p/go-libp2p/core/crypto"
)

// NewKey makes an identity.
func NewKey() (crypto.PrivKey, error) {
	key, _, err := crypto.GenerateEd25519Key(rand.Reader)
	return key, err
}

// identity is the key in the file, the given one without a file, and a new one without
// either.
func identity(file string, key crypto.PrivKey) (crypto.PrivKey, error) {
	switch {
	case file != "":
		return keyIn(file)
	case key != nil:
		return key, nil
	}
	return NewKey()
}

// keyIn reads the private key in the file, or creates both.
func keyIn(file string) (crypto.PrivKey, error) {
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return createKey(file)
	}
	if err != nil {
		return nil, fmt.Errorf("read the peer's key: %w", err)
	}
	key, err := crypto.UnmarshalPrivateKey(raw)
	if err != nil || key.Type() != crypto.Ed25519 {
		return nil, fmt.Errorf("key file %s is damaged: restore it from a backup, or move it away to start with a new identity", file)
	}
	return key, nil
}

// createKey writes a new key beside the file and renames it, so that a crash
// never leaves half a key.
func createKey(file string) (crypto.PrivKey, error) {
	key, err := NewKey()
	if err != nil {
		return nil, err
	}
	raw, err := crypto.MarshalPrivateKey(key)
	if err != nil {
		return nil, err
	}
	if err := writeDurably(file, raw); err != nil {
		return nil, fmt.Errorf("create the peer's key: %w", err)
	}
	return key, nil
}

func writeDurably(file string, raw []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(raw)
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), file)
}
