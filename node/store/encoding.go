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

func decodeRecord(b []byte) (rec replica.Record, err error) {
	err = decode(b, &rec)
	return rec, err
}

func decode(b []byte, v any) error {
	body, err := unseal(b)
	if err != nil {
		return err
	}
	if err := decoding.Unmarshal(body, v); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil
}

// decodeItem decodes a record without making a copy of its value.
func decodeItem(b []byte) (replica.Item, error) {
	var rec struct {
		Key     string          `cbor:"1,keyasint"`
		Size    length          `cbor:"2,keyasint"`
		Version replica.Version `cbor:"3,keyasint"`
		Deleted bool            `cbor:"4,keyasint"`
		Expires uint64          `cbor:"5,keyasint"`
		Total   uint64          `cbor:"6,keyasint"`
	}
	err := decode(b, &rec)
	return replica.Item{
		Key: rec.Key, Version: rec.Version, Size: int(rec.Size),
		Deleted: rec.Deleted, Expires: rec.Expires, Total: rec.Total,
	}, err
}

// A length is what is kept of a byte string.
type length int

// UnmarshalCBOR is given the whole byte string, well-formed.
func (n *length) UnmarshalCBOR(b []byte) error {
	const byteString, oneByte, eightBytes = 2, 24, 27 // major type; forms of the length
	head, form := 1, b[0]&0x1f
	if b[0]>>5 != byteString || form > eightBytes {
		return errors.New("a value that is no byte string of a known length")
	}
	if form >= oneByte {
		head += 1 << (form - oneByte)
	}
	*n = length(len(b) - head)
	return nil
}
