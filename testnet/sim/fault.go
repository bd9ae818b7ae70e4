package sim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// FaultKind says what goes wrong.
type FaultKind uint8

// The kinds of faults.
const (
	Join      FaultKind = iota + 1 // Count new peers join
	Leave                          // Count members say goodbye
	Crash                          // Count members end without a word
	Restart                        // Count crashed peers come back: the same identity, an empty memory
	Pause                          // Count members stop For a time, then handle what queued up, with their old state
	Cut                            // For a time, the second of two parts hears nothing from the first, but the first hears the second
	Partition                      // For a time, no part hears another
	Loss                           // For a time, the share Rate of the messages is lost
	Duplicate                      // For a time, the share Rate of the messages arrives twice
	Delay                          // For a time, messages take up to By longer, and overtake each other
	DiskFails                      // For a time, the disks of Count members refuse to write
	DiskFull                       // For a time, they refuse to write more than they have
	DiskSlow                       // For a time, they take up to By longer
	Spoil                          // The share Rate of the records on the disks of Count members becomes unreadable
	Wreck                          // Count members end without a word, and lose their disks
)

var faultNames = [...]string{"no fault", "join", "leave", "crash", "restart", "pause", "cut", "partition", "loss", "duplicate", "delay", "disk-fails", "disk-full", "disk-slow", "spoil", "wreck"}

var kindList = strings.Join(faultNames[1:], ", ")

// String is the kind's name.
func (k FaultKind) String() string {
	if int(k) < len(faultNames) {
		return faultNames[k]
	}
	return fmt.Sprintf("fault %d", uint8(k))
}

// MarshalText is String.
func (k FaultKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads a name.
func (k *FaultKind) UnmarshalText(text []byte) error {
	i := slices.Index(faultNames[1:], string(text))
	if i < 0 {
		return fmt.Errorf(`"kind" is %q: want one of %s`, text, kindList)
	}
	*k = FaultKind(i + 1)
	return nil
}

// A Fault is one thing that goes wrong at one time. It names no peers, but a
// number by which they are chosen among those there are at that time: so a
// schedule makes sense for any seed, and also with some of its faults left out.
type Fault struct {
	At       time.Duration // since the work began
	Kind     FaultKind     //
	Pick     uint64        // chooses the peers
	Count    int           // of peers; 0 is 1
	Adjacent bool          // the peers, or each part of a cut or partition, follow each other on the ring
	For      time.Duration // how long it lasts
	Shares   []float64     // of the members in each part of a cut or partition; the last part of a partition takes the rest
	Rate     float64       // share of the messages
	By       time.Duration // greatest delay
}

// lasting reports whether the kind has an end.
func (k FaultKind) lasting() bool { return k >= Pause && k < Spoil }

// end is when the fault is over.
func (f *Fault) end() time.Duration {
	if f.Kind.lasting() {
		return f.At + f.For
	}
	return f.At
}

// Ends is when the last fault of a schedule is over.
func Ends(faults []Fault) (end time.Duration) {
	for i := range faults {
		end = max(end, faults[i].end())
	}
	return end
}

// maxCount bounds the peers of a fault: a ring of more does not fit into memory.
const maxCount = 5_000_000

// validate says what is wrong with a fault.
func (f *Fault) validate() error {
	if err := f.validTimes(); err != nil {
		return err
	}
	switch {
	case f.Kind < Join || f.Kind > Wreck:
		return fmt.Errorf(`"kind" is missing: want one of %s`, kindList)
	case f.Count < 0 || f.Count > maxCount:
		return fmt.Errorf(`"count" is %d: want 0 to %d`, f.Count, maxCount)
	case f.Kind.lasting() && f.For == 0:
		return errors.New(`it lasts no time: set "for"`)
	case (f.Kind == Loss || f.Kind == Duplicate || f.Kind == Spoil) && !(f.Rate > 0 && f.Rate < 1):
		return errors.New(`"rate" is not between 0 and 1`)
	case (f.Kind == Delay || f.Kind == DiskSlow) && f.By == 0:
		return errors.New(`it delays nothing: set "by"`)
	case f.Kind == Cut && len(f.Shares) != 2 || f.Kind == Partition && (len(f.Shares) < 1 || len(f.Shares) > 100):
		return errors.New(`"shares" must have 2 parts for a cut, and 1 to 100 for a partition`)
	}
	return validShares(f.Shares)
}

func (f *Fault) validTimes() error {
	for _, t := range []struct {
		name string
		d    time.Duration
	}{{"at", f.At}, {"for", f.For}, {"by", f.By}} {
		if t.d < 0 || t.d > Longest {
			return fmt.Errorf("%q is %v: want 0s to %v, which is a year", t.name, t.d, Longest)
		}
	}
	return nil
}

func validShares(shares []float64) error {
	sum := 0.0
	for _, v := range shares {
		if !share(v) {
			return errors.New(`one of "shares" is not from 0 to below 1`)
		}
		sum += v
	}
	if sum > 1.000001 {
		return errors.New(`"shares" are more than the whole`)
	}
	return nil
}

// faultJSON is a Fault as it is written: durations as people write them.
type faultJSON struct {
	At       string    `json:"at"`
	Kind     FaultKind `json:"kind"`
	Pick     uint64    `json:"pick,omitempty"`
	Count    int       `json:"count,omitempty"`
	Adjacent bool      `json:"adjacent,omitempty"`
	For      string    `json:"for,omitempty"`
	Shares   []float64 `json:"shares,omitempty"`
	Rate     float64   `json:"rate,omitempty"`
	By       string    `json:"by,omitempty"`
}

// MarshalJSON writes durations as "1m30s".
func (f Fault) MarshalJSON() ([]byte, error) {
	return json.Marshal(faultJSON{
		At: f.At.String(), Kind: f.Kind, Pick: f.Pick, Count: f.Count, Adjacent: f.Adjacent,
		For: unlessZero(f.For), Shares: f.Shares, Rate: f.Rate, By: unlessZero(f.By),
	})
}

func unlessZero(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (f *Fault) UnmarshalJSON(b []byte) error {
	var j faultJSON
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&j); err != nil {
		return plainly(err)
	}
	*f = Fault{Kind: j.Kind, Pick: j.Pick, Count: j.Count, Adjacent: j.Adjacent, Shares: j.Shares, Rate: j.Rate}
	for _, d := range []struct {
		name, text string
		to         *time.Duration
	}{{"at", j.At, &f.At}, {"for", j.For, &f.For}, {"by", j.By, &f.By}} {
		if d.text == "" {
			continue
		}
		v, err := time.ParseDuration(d.text)
		if err != nil {
			return fmt.Errorf("%q is %q: want %s", d.name, d.text, wantDuration)
		}
		*d.to = v
	}
	return nil
}

const wantDuration = `a duration in quotes, such as "2s"`

// wantFields says what the fields of a fault are, for those who write one.
var wantFields = map[string]string{
	"at": wantDuration, "for": wantDuration, "by": wantDuration, "kind": "one of " + kindList, "pick": "a whole number from 0 on",
	"count": "a whole number", "adjacent": "true or false", "shares": "a list of numbers from 0 to below 1", "rate": "a number between 0 and 1",
}

// plainly says what is wrong with the JSON of a fault without Go's types.
func plainly(err error) error {
	var typ *json.UnmarshalTypeError
	if !errors.As(err, &typ) {
		return errors.New(strings.TrimPrefix(err.Error(), "json: "))
	}
	want, ok := wantFields[typ.Field]
	if !ok {
		return fmt.Errorf(`it is a JSON %s: want an object, such as {"at": "2s", "kind": "crash"}`, typ.Value)
	}
	return fmt.Errorf("%q is a JSON %s: want %s", typ.Field, typ.Value, want)
}

// ParseFaults reads a schedule, a JSON list of faults. An error says which fault
// is wrong, counted from 1, and what is wanted.
func ParseFaults(raw []byte) ([]Fault, error) {
	var list []json.RawMessage
	err := json.Unmarshal(raw, &list)
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return nil, fmt.Errorf("it is no JSON: %w, at byte %d", err, syntax.Offset)
	case err != nil || list == nil:
		return nil, errors.New(`want a list of faults, such as [{"at": "2s", "kind": "crash"}]`)
	}
	faults := make([]Fault, len(list))
	for i := range list {
		err := json.Unmarshal(list[i], &faults[i])
		if err == nil {
			err = faults[i].validate()
		}
		if err != nil {
			return nil, fmt.Errorf("fault %d: %w", i+1, err)
		}
	}
	return faults, nil
}

// String is a line for people.
func (f Fault) String() string {
	b, _ := json.Marshal(f)
	return string(b)
}
