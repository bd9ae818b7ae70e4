package recording

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Format is the version of the files that are written, and the newest that can
// be read.
const Format = 1

// A Source is what was recorded.
type Source string

// The sources of recordings.
const (
	Peer      Source = "peer"
	Testnet   Source = "testnet"
	Simulator Source = "simulator"
)

// A Header is the first line of a recording.
type Header struct {
	Format  int             `json:"peal_recording"`
	Source  Source          `json:"source"`
	Ring    string          `json:"ring"`
	Start   time.Time       `json:"start"`             // see [SimulatedStart]
	Seed    uint64          `json:"seed,omitempty"`    // of a simulation or a testnet
	Command string          `json:"command,omitempty"` // what to type to see it again
	Config  json.RawMessage `json:"config,omitempty"`  // of a simulation, in full
	Link    string          `json:"link,omitempty"`    // of a simulation: its parameters as a query, by which a page asks for it
	Version string          `json:"version,omitempty"` // of the software
}

// SimulatedStart is when simulated time begins.
var SimulatedStart = time.Unix(0, 0).UTC()

// Errors of Load. Their text is followed by what is wrong.
var (
	ErrNotRecording = errors.New("this is no recording of Peal")
	ErrNewer        = errors.New("the recording is newer than this program")
	ErrDamaged      = errors.New("the recording is damaged")
	ErrTooLarge     = errors.New("the recording is too large")
)

// parseHeader judges the first line.
func parseHeader(text []byte) (Header, error) {
	var version struct {
		Format *int `json:"peal_recording"`
	}
	if json.Unmarshal(text, &version) != nil || version.Format == nil || *version.Format < 1 {
		return Header{}, fmt.Errorf("%w: its first line is not the header that 'peal ... --record FILE' writes", ErrNotRecording)
	}
	if *version.Format > Format {
		return Header{}, fmt.Errorf("%w: its format is %d, and this program reads up to %d: use a newer peal", ErrNewer, *version.Format, Format)
	}
	var h Header
	if err := json.Unmarshal(text, &h); err != nil {
		return Header{}, fmt.Errorf("%w: the header: %.200s", ErrDamaged, err)
	}
	if year := h.Start.UTC().Year(); year < 1970 || year > 3000 {
		return Header{}, fmt.Errorf("%w: the header says that it began in the year %d", ErrDamaged, year)
	}
	for _, text := range []*string{&h.Ring, (*string)(&h.Source), &h.Command, &h.Link, &h.Version} {
		*text = cut(*text)
	}
	return h, nil
}
