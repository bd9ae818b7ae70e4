package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/fxamacker/cbor/v2"

	"peal/node/replica"
)

// ErrDamaged: what is on disk is not what was written.
var ErrDamaged = errors.New("damaged on disk")

// Keys and peer IDs are Go strings that hold any bytes: they are stored as CBOR
// byte strings.
var (
	encoding, _ = cbor.EncOptions{String: cbor.StringToByteString}.EncMode()
	decoding, _ = cbor.DecOptions{ByteStringToString: cbor.ByteStringToStringAllowed}.DecMode()
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// seal gives the CRC-32C of some bytes, four bytes big-endian, and the bytes.
func seal(body []byte) []byte {
	b := binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(body)), crc32.Checksum(body, castagnoli))
	return append(b, body...)
}

func unseal(b []byte) ([]byte, error) {
	if len(b) < 4 || checksum(b) != crc32.Checksum(b[4:], castagnoli) {
		return nil, ErrDamaged
	}
	return b[4:], nil
}

// checksum of sealed bytes, as it stands there.
func checksum(sealed []byte) uint32 { return binary.BigEndian.Uint32(sealed) }

// encodeRecord gives a record as CBOR, sealed.
func encodeRecord(rec replica.Record) ([]byte, error) {
	body, err := encoding.Marshal(rec)
	if err != nil {
		return nil, err
	}
	return seal(body), nil
}

func decodeRecord(b []byte) (replica.Record, error) {
	var rec replica.Record
	body, err := unseal(b)
	if err != nil {
		return rec, err
	}
	if err := decoding.Unmarshal(body, &rec); err != nil {
		return rec, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return rec, nil
}
