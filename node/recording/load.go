package recording

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"peal/chord"
	"peal/node"
)

// Bounds of what is read, and of what is written.
const (
	longestLine = 1 << 20   // bytes
	largestFile = 512 << 20 // bytes
	longestRun  = 10 * 365 * 24 * time.Hour
	longestPath = 64 // hops of a lookup that are kept
	mostOthers  = 16 // of a hop that are kept

	// mostKept is how many lines, peers, hops and replicas are kept in all; the peers
	// that were not asked at a hop count as hops. Each takes up to 250 bytes of memory,
	// a line of a ring that works about 300 of the file.
	mostKept = 2_000_000
)

// Load reads a recording. One whose last line is incomplete, as it is when the
// program that wrote it was killed, is read up to there, and [Recording.Cut] is
// set; any other damage is an error that names the line.
func Load(r io.Reader) (*Recording, error) { return loadUpTo(mostKept, r) }

func loadUpTo(most int, r io.Reader) (*Recording, error) {
	l := loader{in: bufio.NewReaderSize(io.LimitReader(r, largestFile+1), longestLine)}
	first, whole, err := l.next()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	header, err := parseHeader(first)
	if err != nil {
		return nil, err
	}
	l.rec = &Recording{Header: header, directory: newDirectory()}
	l.views = make(map[number]*view)
	for whole {
		var text []byte
		if text, whole, err = l.next(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		if err := l.take(text); err != nil {
			if !whole {
				l.rec.Cut = true
				break
			}
			return nil, fmt.Errorf("%w: line %d: %w", ErrDamaged, l.lines, err)
		}
		if l.kept() > most {
			return nil, fmt.Errorf("%w: up to line %d it has more than %d lines, peers, hops and replicas: record a shorter time, or fewer peers", ErrTooLarge, l.lines, most)
		}
	}
	l.rec.index()
	return l.rec, nil
}

// A loader reads line after line.
type loader struct {
	in    *bufio.Reader
	lines int
	bytes int
	rec   *Recording
	views map[number]*view
	steps int // hops and replicas of all lookups
	last  time.Duration
}

// kept is how much is in memory, counted as [mostKept] is.
func (l *loader) kept() int {
	return len(l.rec.entries) + len(l.rec.directory.contacts) + l.steps
}

// next is the next line; it is not whole if the file ends within it.
func (l *loader) next() (text []byte, whole bool, err error) {
	text, err = l.in.ReadSlice('\n')
	l.lines++
	l.bytes += len(text)
	switch {
	case l.bytes > largestFile:
		return nil, false, fmt.Errorf("%w: more than %d MiB: record a shorter time, or fewer peers", ErrTooLarge, largestFile>>20)
	case errors.Is(err, bufio.ErrBufferFull):
		return nil, false, fmt.Errorf("%w: line %d is longer than %d KiB", ErrDamaged, l.lines, longestLine>>10)
	case errors.Is(err, io.EOF) && len(text) > 0:
		return text, false, nil
	case err != nil:
		return nil, false, err
	}
	return text, true, nil
}

func (l *loader) take(text []byte) error {
	var read line
	if err := json.Unmarshal(text, &read); err != nil {
		return fmt.Errorf("it is not what a recording has: %w", err)
	}
	if err := l.tidy(&read.Event); err != nil {
		return err
	}
	for _, c := range read.Contacts {
		l.rec.directory.add(placed(c))
	}
	switch read.Kind {
	case viewKind:
		return l.takeView(&read)
	case goneKind:
		of, _ := l.rec.directory.add(read.Peer)
		delete(l.views, of)
		l.add(entry{kind: seen, peer: of})
	case ringKind:
		if read.State != nil {
			read.State.Problem = cut(read.State.Problem)
			l.add(entry{kind: judged, state: read.State})
		}
	default:
		l.rec.events = append(l.rec.events, read.Event)
		l.add(entry{kind: happened})
	}
	return nil
}

func (l *loader) takeView(read *line) error {
	if read.Peer.IsZero() {
		return errors.New("a view of nobody")
	}
	of, _ := l.rec.directory.add(read.Peer)
	old := l.views[of]
	if old == nil {
		old = &view{}
	}
	if read.View == nil {
		read.View = &changes{}
	}
	now, err := old.with(read.View, &l.rec.directory)
	if err != nil {
		return err
	}
	l.views[of] = now
	l.add(entry{kind: seen, peer: of, view: now})
	return nil
}

func (l *loader) add(e entry) {
	e.at = l.last
	l.rec.entries = append(l.rec.entries, e)
}

// tidy bounds an event and computes its positions. Its time becomes that of the
// line before if it is earlier: lines of several peers may have been mixed up by
// a little.
func (l *loader) tidy(e *node.Event) error {
	if len(e.Kind) == 0 || len(e.Kind) > 40 {
		return errors.New("it has no kind")
	}
	at := e.Time.Sub(l.rec.Header.Start)
	if at > longestRun {
		return fmt.Errorf("its time is %v after the start", at.Round(time.Hour))
	}
	l.last = max(l.last, at)
	e.Time = l.rec.Header.Start.Add(l.last)
	e.Peer, e.About, e.Text = placed(e.Peer), placed(e.About), cut(e.Text)
	l.steps += steps(e.Route)
	if e.Route != nil {
		tidyRoute(e.Route)
	}
	return nil
}

func tidyRoute(r *node.Route) {
	r.Owner = placed(r.Owner)
	r.Replicas = shortened(r.Replicas, chord.MaxContacts)
	for i, c := range r.Replicas {
		r.Replicas[i] = placed(c)
	}
	r.Hops = shortened(r.Hops, longestPath)
	for i := range r.Hops {
		h := &r.Hops[i]
		h.Contact, h.Why, h.Others = placed(h.Contact), cut(h.Why), shortened(h.Others, mostOthers)
		for j, o := range h.Others {
			h.Others[j] = node.Other{Contact: placed(o.Contact), Why: cut(o.Why)}
		}
	}
}

// steps is how many hops and replicas of a lookup are kept.
func steps(r *node.Route) int {
	if r == nil {
		return 0
	}
	hops := r.Hops[:min(len(r.Hops), longestPath)]
	count := len(hops) + min(len(r.Replicas), chord.MaxContacts)
	for _, h := range hops {
		count += min(len(h.Others), mostOthers)
	}
	return count
}

// shortened gives the first elements of a list, and lets go of the memory that
// the others take.
func shortened[T any](list []T, most int) []T {
	return slices.Clone(list[:min(len(list), most)])
}

// placed computes where a contact is.
func placed(c chord.Contact) chord.Contact {
	if c.IsZero() {
		return chord.Contact{}
	}
	return chord.NewContact(c.Peer, c.Index)
}
