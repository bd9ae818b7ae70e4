package store

import (
	"sync/atomic"

	"github.com/syndtr/goleveldb/leveldb/cache"
)

// The databases of a process share the memory that they take: a testnet has hundreds.
const (
	cached      = 8 << 20   // bytes of blocks that were read
	buffers     = 128 << 20 // of all buffers, unless there are so many that each has the least
	mostBuffer  = 1 << 20
	leastBuffer = 256 << 10
)

// blocks is the cache of all databases.
var blocks = cache.NewLRU(cached)

// opened is how many databases there are.
var opened atomic.Int64

// share is the buffer of one more database: how many bytes its journal has before they
// become a table.
func share() int {
	return int(min(max(buffers/(opened.Load()+1), leastBuffer), mostBuffer))
}
