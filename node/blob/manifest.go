package blob

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"slices"

	"github.com/fxamacker/cbor/v2"

	"peal/node/replica"
)

// BlockSize is how many bytes a block has; the last one may have fewer.
const BlockSize = replica.MaxValueLen

// MaxSize is how many bytes a value may have: its manifest must fit into a record.
const MaxSize = maxBlocks * BlockSize

const (
	saltLen   = 16
	maxBlocks = (replica.MaxValueLen - 64) / sha256.Size // 64 bytes are for all but the hashes
)

// blockPrefix begins the keys of blocks.
const blockPrefix = replica.InternalPrefix + "block/"

// A manifest is what stands under the key of a large value: which blocks it is made
// of, in their order.
type manifest struct {
	Block  uint64 `cbor:"1,keyasint"` // bytes of each block but the last
	Salt   []byte `cbor:"2,keyasint"` // of the hashes, random for each value
	Hashes []byte `cbor:"3,keyasint"` // one after the other
}

func newManifest() manifest {
	m := manifest{Block: BlockSize, Salt: make([]byte, saltLen)}
	_, _ = rand.Read(m.Salt) // never fails
	return m
}

func (m *manifest) encode() ([]byte, error) { return cbor.Marshal(m) }

// decode reads the manifest of a value of so many bytes.
func decode(data []byte, size uint64) (manifest, error) {
	var m manifest
	if err := cbor.Unmarshal(data, &m); err != nil {
		return manifest{}, err
	}
	if m.Block == 0 || m.Block > replica.MaxValueLen || len(m.Salt) != saltLen || len(m.Hashes)%sha256.Size != 0 {
		return manifest{}, errors.New("its fields cannot be")
	}
	blocks := uint64(m.blocks())
	if size == 0 || size > blocks*m.Block || size <= (blocks-1)*m.Block {
		return manifest{}, errors.New("its blocks do not add up to the size of the value")
	}
	return m, nil
}

func (m *manifest) blocks() int { return len(m.Hashes) / sha256.Size }

// key of a block, by its number.
func (m *manifest) key(i int) []byte {
	return append([]byte(blockPrefix), m.Hashes[i*sha256.Size:][:sha256.Size]...)
}

// add appends a block.
func (m *manifest) add(block []byte) {
	m.Hashes = append(m.Hashes, m.hash(block)...)
}

func (m *manifest) hash(block []byte) []byte {
	h := sha256.New()
	h.Write(m.Salt)
	h.Write(block)
	return h.Sum(nil)
}

// keys are those of all blocks, each once.
func (m *manifest) keys() [][]byte {
	keys := make([][]byte, m.blocks())
	for i := range keys {
		keys[i] = m.key(i)
	}
	slices.SortFunc(keys, slices.Compare)
	return slices.CompactFunc(keys, slices.Equal)
}
