package bench

import (
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/syndtr/goleveldb/leveldb"
	"github.com/syndtr/goleveldb/leveldb/opt"
)

// batched is how many records a batched write has.
const batched = 64

// A disk is a LevelDB database with the write buffer of a single peer's store. Its keys begin
// with a hash, as those of a store do.
type disk struct {
	ldb   *leveldb.DB
	value []byte
}

func openDisk(dir string, value []byte) (*disk, error) {
	ldb, err := leveldb.OpenFile(dir, &opt.Options{WriteBuffer: 1 << 20})
	if err != nil {
		return nil, fmt.Errorf("open a bare database: %w", err)
	}
	return &disk{ldb, value}, nil
}

func diskKey(key string) []byte {
	hash := sha256.Sum256([]byte(key))
	return append(hash[:], key...)
}

// write stores one record, synced.
func (d *disk) write(_ context.Context, key string) (int, error) {
	return 0, d.ldb.Put(diskKey(key), d.value, &opt.WriteOptions{Sync: true})
}

// batch stores several records in one synced write.
func (d *disk) batch(_ context.Context, key string) (int, error) {
	var b leveldb.Batch
	for i := range batched {
		b.Put(diskKey(fmt.Sprint(key, "/", i)), d.value)
	}
	return 0, d.ldb.Write(&b, &opt.WriteOptions{Sync: true})
}

func (d *disk) Close() error { return d.ldb.Close() }
