package chord

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
)

// MaxPeerIDLen bounds a peer ID in bytes; an Ed25519 one has 38.
const MaxPeerIDLen = 64

// A PeerID is the binary libp2p peer ID: a multihash of the peer's public key.
type PeerID string

// String gives the base58 form that stands behind /p2p/ in a multiaddr.
func (p PeerID) String() string { return base58Encode([]byte(p)) }

// MarshalText is String.
func (p PeerID) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads the base58 form; empty is nobody.
func (p *PeerID) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*p = ""
		return nil
	}
	raw, err := base58Decode(text)
	if err != nil {
		return fmt.Errorf("peer ID %q: %w", text, err)
	}
	*p = PeerID(raw)
	return nil
}

// A Contact is one position of one peer. It is comparable; the zero Contact is
// nobody. ID always follows from Peer and Index: on the wire only those two
// travel, so that nobody picks a position.
type Contact struct {
	ID    ID     `json:"id"`
	Peer  PeerID `json:"peer"`
	Index uint32 `json:"index,omitempty"` // number of the virtual node; 0 where a peer has one position
}

// NewContact computes the position: SHA-256 of the peer ID and, behind it, the
// index as four bytes, big-endian, unless it is 0.
func NewContact(peer PeerID, index uint32) Contact {
	b := append(make([]byte, 0, MaxPeerIDLen+4), peer...)
	if index != 0 {
		b = binary.BigEndian.AppendUint32(b, index)
	}
	return Contact{ID: sha256.Sum256(b), Peer: peer, Index: index}
}

// IsZero reports whether c is nobody.
func (c Contact) IsZero() bool { return c.Peer == "" }

// String is the short form of the position, or "-" for nobody.
func (c Contact) String() string {
	if c.IsZero() {
		return "-"
	}
	return c.ID.String()
}

// MarshalBinary gives the index as a uvarint and the peer ID behind it.
// Nobody is empty.
func (c Contact) MarshalBinary() ([]byte, error) {
	if c.IsZero() {
		return []byte{}, nil
	}
	return append(binary.AppendUvarint(nil, uint64(c.Index)), c.Peer...), nil
}

// UnmarshalBinary reads what MarshalBinary wrote and computes the position.
func (c *Contact) UnmarshalBinary(b []byte) error {
	if len(b) == 0 {
		*c = Contact{}
		return nil
	}
	index, n := binary.Uvarint(b)
	if n <= 0 || index > 1<<32-1 {
		return errors.New("contact: bad position index")
	}
	peer := b[n:]
	if len(peer) == 0 || len(peer) > MaxPeerIDLen {
		return fmt.Errorf("contact: peer ID of %d bytes, want 1 to %d", len(peer), MaxPeerIDLen)
	}
	*c = NewContact(PeerID(peer), uint32(index))
	return nil
}

const base58Digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

func base58Encode(raw []byte) string {
	var out []byte
	n, base, digit := new(big.Int).SetBytes(raw), big.NewInt(58), new(big.Int)
	for n.Sign() > 0 {
		n.DivMod(n, base, digit)
		out = append(out, base58Digits[digit.Int64()])
	}
	for _, b := range raw {
		if b != 0 {
			break
		}
		out = append(out, base58Digits[0])
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return string(out)
}

func base58Decode(text []byte) ([]byte, error) {
	if len(text) == 0 || len(text) > 2*MaxPeerIDLen {
		return nil, fmt.Errorf("length %d, want 1 to %d", len(text), 2*MaxPeerIDLen)
	}
	n, base := new(big.Int), big.NewInt(58)
	for _, c := range text {
		digit := bytes.IndexByte([]byte(base58Digits), c)
		if digit < 0 {
			return nil, fmt.Errorf("%q is no base58 digit", c)
		}
		n.Add(n.Mul(n, base), big.NewInt(int64(digit)))
	}
	zeros := 0
	for zeros < len(text) && text[zeros] == base58Digits[0] {
		zeros++
	}
	return append(make([]byte, zeros), n.Bytes()...), nil
}
