package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/fxamacker/cbor/v2"

	"peal/node/replica"
)

// ErrDamaged: a record's bytes are not those that were written.
var ErrDamaged = errors.New("record is damaged")

// Keys and peer IDs are Go strings that hold any bytes: they are stored as CBOR
// byte strings.
var (
	encoding, _ = cbor.EncOptions{String: cbor.StringToByteString}.EncMode()
	decoding, _ = cbor.DecOptions{ByteStringToString: cbor.ByteStringToStringAllowed}.DecMode()
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// encodeRecord gives the CRC-32C, four bytes big-endian, and the CBOR behind it.
func encodeRecord(rec replica.Record) ([]byte, error) {
	body, err := encoding.Marshal(rec)
	if err != nil {
		return nil, err
	}
	b := binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(body)), crc32.Checksum(body, castagnoli))
	return append(b, body...), nil
}

func decodeRecord(b []byte) (replica.Record, error) {
	var rec replica.Record
	if len(b) < 4 || binary.BigEndian.Uint32(b) != crc32.Checksum(b[4:], castagnoli) {
		return rec, ErrDamaged
	}
	if err := decoding.Unmarshal(b[4:], &rec); err != nil {
		return rec, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return rec, nil
}
