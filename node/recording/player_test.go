package recording

import (
	"math"
	"reflect"
	"testing"
	"time"

	"peal/node"
)

// A deck is a player with a clock of its own.
type deck struct {
	*Player
	time  time.Time
	heard []node.Event
}

func newDeck(t *testing.T, file []byte) *deck {
	t.Helper()
	d := &deck{time: SimulatedStart}
	d.Player = NewPlayer(load(t, file), func(e node.Event) { d.heard = append(d.heard, e) }, func() time.Time { return d.time })
	return d
}

// after lets real time go by in looks of a tenth of a second.
func (d *deck) after(pause time.Duration) Moment {
	for ; pause > 0; pause -= 100 * time.Millisecond {
		d.time = d.time.Add(100 * time.Millisecond)
		d.Look()
	}
	return d.Look()
}

func (d *deck) steer(t *testing.T, s Steering) Position {
	t.Helper()
	p, err := d.Steer(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPlaying(t *testing.T) {
	d := newDeck(t, written(t, 0))
	if m := d.Look(); m.At != 0 || len(m.Ring.Peers) != 1 || !m.Playing || m.Event != 1 {
		t.Errorf("at the start: %d peers, %+v", len(m.Ring.Peers), m.Position)
	}
	if m := d.after(2500 * time.Millisecond); len(m.Ring.Peers) != 3 || len(d.heard) != 3 || m.Log[2].Kind != node.Joined {
		t.Errorf("after 2.5 s: %d peers, heard %v", len(m.Ring.Peers), d.heard)
	}
	d.steer(t, Steering{Play: new(false)})
	if m := d.after(time.Minute); m.At != 2.5 || m.Playing {
		t.Errorf("paused: %+v, want 2.5 s", m.Position)
	}
	d.steer(t, Steering{Play: new(true), Speed: new(2.0)})
	if m := d.after(time.Second); m.At != 4.5 {
		t.Errorf("a second at twice the speed later: %+v, want 4.5 s", m.Position)
	}
	if m := d.after(time.Minute); m.At != 6 || m.Playing || len(m.Ring.Peers) != 3 || len(d.heard) != 6 || m.Jumps != 0 {
		t.Errorf("at the end: %d peers, %d events, %+v", len(m.Ring.Peers), len(d.heard), m.Position)
	}
	if p := d.steer(t, Steering{Play: new(true)}); p.At != 0 || !p.Playing || p.Jumps != 1 {
		t.Errorf("played again: %+v, want the start", p)
	}
}

func TestNobodyWatches(t *testing.T) {
	d := newDeck(t, written(t, 0))
	d.time = d.time.Add(time.Hour)
	if m := d.Look(); m.At != 1 {
		t.Errorf("after an hour without a look it is at %v s, want 1", m.At)
	}
}

func TestSteps(t *testing.T) {
	d := newDeck(t, written(t, 0))
	d.steer(t, Steering{Play: new(false), Seek: new(3.5)})
	before := d.Look()
	d.heard = nil
	forward := d.steer(t, Steering{Step: new(1)})
	early := len(d.heard) // an event is told with the picture behind it, not before
	ring := d.Look().Ring
	if forward.At != 5 || forward.Event != before.Event+1 || early != 0 || len(d.heard) != 1 || d.heard[0].Kind != node.LookedUp {
		t.Errorf("a step from %+v leads to %+v, heard %d before the look and then %v", before.Position, forward, early, d.heard)
	}
	if p := d.steer(t, Steering{Step: new(1)}); p.Event != 6 || len(d.Look().Ring.Peers) != 3 {
		t.Errorf("the step to the kill leads to %+v with %d peers", p, len(d.Look().Ring.Peers))
	}
	back := d.steer(t, Steering{Step: new(-1)})
	if back.Event != 5 || back.At != 5 || !reflect.DeepEqual(d.Look().Ring, ring) {
		t.Errorf("the step back leads to %+v", back)
	}
	if p := d.steer(t, Steering{Step: new(-100)}); p.Event != 0 || p.At != 0 {
		t.Errorf("a hundred steps back lead to %+v", p)
	}
	if p := d.steer(t, Steering{Step: new(100)}); p.Event != 6 || p.At != 6 || p.Playing {
		t.Errorf("a hundred steps lead to %+v", p)
	}
}

// TestSeekingIsPlaying compares a jump with the long way.
func TestSeekingIsPlaying(t *testing.T) {
	file := written(t, 50)
	for seconds := 1; seconds < 57; seconds += 5 {
		played := newDeck(t, file).after(time.Duration(seconds) * time.Second)
		d := newDeck(t, file)
		d.steer(t, Steering{Seek: new(40.0)})
		d.steer(t, Steering{Seek: new(float64(seconds)), Play: new(false)})
		sought := d.Look()
		if !reflect.DeepEqual(sought.Ring, played.Ring) || !reflect.DeepEqual(sought.Log, played.Log) || sought.Event != played.Event || sought.At != played.At {
			t.Errorf("%d s: sought %+v, played %+v", seconds, sought.Position, played.Position)
		}
	}
}

func TestSeeksBeyondTheEnds(t *testing.T) {
	d := newDeck(t, written(t, 0))
	for seconds, want := range map[float64]float64{-5: 0, 1e300: 6, math.Inf(1): 6, math.Inf(-1): 0} {
		if p := d.steer(t, Steering{Seek: &seconds, Play: new(false)}); p.At != want {
			t.Errorf("seek %v leads to %v, want %v", seconds, p.At, want)
		}
	}
}

func TestBadSpeed(t *testing.T) {
	d := newDeck(t, written(t, 0))
	for _, speed := range []float64{0, -1, 0.09, 101, math.NaN()} {
		if p, err := d.Steer(Steering{Speed: &speed, Seek: new(3.0)}); err == nil || p.Jumps != 0 || p.Speed != 1 {
			t.Errorf("the speed %v leads to %+v", speed, p)
		}
	}
}
