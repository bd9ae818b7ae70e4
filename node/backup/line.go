package backup

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"
)

const (
	format  = 1       // of the files that this package writes, the only one that it reads
	partLen = 1 << 20 // bytes of a value that a line has at most
	maxLine = 2 << 20 // bytes of a line: those of a part as base64, and plenty
	sumLen  = 16      // digits of a line's checksum
)

// A line has one of its fields.
type line struct {
	Backup *head   `json:"backup,omitempty"`
	Record *record `json:"record,omitempty"`
	More   []byte  `json:"more,omitempty"`
	End    *end    `json:"end,omitempty"`
}

type head struct {
	Format int       `json:"format"`
	Begun  time.Time `json:"begun"`
}

type record struct {
	Key     string     `json:"key,omitempty"`
	Base64  []byte     `json:"key_base64,omitempty"`
	Version string     `json:"version"`
	Expires *time.Time `json:"expires,omitempty"`
	Size    int64      `json:"size"`
	Value   []byte     `json:"value"`
}

type end struct {
	Keys  int    `json:"keys"`
	Bytes int64  `json:"bytes"`
	Sum   string `json:"sha256"`
}

func encode(l line) ([]byte, error) {
	text, err := json.Marshal(l)
	if err != nil {
		return nil, err
	}
	sum := checksum(text)
	return append(append(append(text, '\t'), sum...), '\n'), nil
}

func checksum(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])[:sumLen]
}

// decode reads a line with its newline.
func decode(raw []byte) (l line, err error) {
	text, sum, found := bytes.Cut(bytes.TrimSuffix(raw, []byte("\n")), []byte("\t"))
	if !found || string(sum) != checksum(text) {
		return line{}, flaw("its checksum is wrong")
	}
	if err := json.Unmarshal(text, &l); err != nil {
		return line{}, flaw("it is not what this version of peal expects")
	}
	return l, nil
}
