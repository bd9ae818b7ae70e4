package recording

import (
	"fmt"
	"sync"
	"time"

	"peal/node"
)

// Bounds of a player.
const (
	MinSpeed = 0.1
	MaxSpeed = 100

	// longestLook is the most real time that counts between two looks, so that
	// a recording stands still while nobody watches.
	longestLook = time.Second

	// shortLog is how many events before a moment are shown after a jump to it.
	shortLog = 400
)

// A Position is where a player stands.
type Position struct {
	At      float64 // seconds since the start
	Event   int     // events up to here
	Playing bool
	Speed   float64 // seconds of the recording a second
	Jumps   uint64  // how often it has gone elsewhere than forward
}

// A Steering is a wish; what is not set stays as it is.
type Steering struct {
	Play  *bool
	Speed *float64 // MinSpeed to MaxSpeed
	Seek  *float64 // seconds since the start; beyond either end, that end
	Step  *int     // so many events forward, or backward if negative; pauses
}

// A Player shows a recording at a pace. Its methods may be called from any
// goroutine.
type Player struct {
	rec     *Recording
	publish func(node.Event)
	told    int // of the events; a jump passes over some
	now     func() time.Time

	mu      sync.Mutex
	cursor  *cursor
	at      time.Duration
	playing bool
	speed   float64
	jumps   uint64
	looked  time.Time
	ring    node.Ring // as it was last asked for
	ringAt  int       // where that was
}

// NewPlayer makes a player at the beginning, which plays. Look tells publish of the events
// that were passed on the way forward; now is the clock, such as [time.Now].
func NewPlayer(r *Recording, publish func(node.Event), now func() time.Time) *Player {
	return &Player{rec: r, publish: publish, now: now, cursor: newCursor(r), playing: true, speed: 1, looked: now(), ringAt: -1}
}

// A Moment is what there is to see at a position.
type Moment struct {
	Ring node.Ring
	Log  []node.Event // the last events up to here, oldest first
	Position
}

// Look lets the time pass that has gone by since the last look, and gives what
// there is to see.
func (p *Player) Look() Moment {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pass()
	done := p.cursor.events
	for _, e := range p.rec.events[p.told:done] {
		p.publish(e)
	}
	p.told = done
	return Moment{Ring: p.see(), Log: p.rec.events[max(0, done-shortLog):done], Position: p.position()}
}

// Ring is how the ring looks where the player stands.
func (p *Player) Ring() node.Ring {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.see()
}

// see judges the ring anew only where that may lead to something else.
func (p *Player) see() node.Ring {
	if p.ringAt != p.cursor.next {
		p.ring, p.ringAt = p.cursor.ring(), p.cursor.next
	}
	return p.ring
}

// Position is where the player stands.
func (p *Player) Position() Position {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.position()
}

func (p *Player) position() Position {
	return Position{At: p.at.Seconds(), Event: p.cursor.events, Playing: p.playing, Speed: p.speed, Jumps: p.jumps}
}

// pass lets time go by.
func (p *Player) pass() {
	now := p.now()
	gone := min(max(0, now.Sub(p.looked)), longestLook)
	p.looked = now
	if !p.playing {
		return
	}
	p.at = min(p.rec.Length(), p.at+time.Duration(float64(gone)*p.speed))
	for !p.cursor.ended() && p.rec.entries[p.cursor.next].at <= p.at {
		p.advance()
	}
	p.playing = !p.cursor.ended()
}

// advance shows one entry, and reports whether it was an event.
func (p *Player) advance() bool {
	return p.cursor.advance() != nil
}

// Steer does what a wish says. One that cannot be met changes nothing.
func (p *Player) Steer(s Steering) (Position, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.Speed != nil && !(*s.Speed >= MinSpeed && *s.Speed <= MaxSpeed) {
		return p.position(), fmt.Errorf("the speed %v is not allowed: want %v to %v", *s.Speed, MinSpeed, MaxSpeed)
	}
	p.pass()
	if s.Speed != nil {
		p.speed = *s.Speed
	}
	if s.Seek != nil {
		p.seek(*s.Seek)
	}
	if s.Step != nil {
		p.step(*s.Step)
	}
	if s.Play != nil {
		p.play(*s.Play)
	}
	return p.position(), nil
}

// play at the end begins anew.
func (p *Player) play(on bool) {
	if on && p.cursor.ended() {
		p.jump(0, 0)
	}
	p.playing = on
}

func (p *Player) seek(seconds float64) {
	length := p.rec.Length()
	at := length
	if seconds < length.Seconds() { // else it may be more than a Duration holds
		at = time.Duration(max(0, seconds) * float64(time.Second))
	}
	p.jump(p.rec.behind(at), at)
}

func (p *Player) jump(next int, at time.Duration) {
	p.cursor.moveTo(next)
	p.at, p.told = at, p.cursor.events
	p.jumps++
}

// step goes behind the n-th next event; or back, to before the n-th last one.
func (p *Player) step(n int) {
	p.playing = false
	if n < 0 {
		p.stepBack(-n)
		return
	}
	for ; n > 0 && !p.cursor.ended(); n-- {
		for !p.cursor.ended() && !p.advance() {
		}
		p.at = p.rec.entries[p.cursor.next-1].at
	}
}

// stepBack goes to right behind the event that comes before those n.
func (p *Player) stepBack(n int) {
	next, left := p.cursor.next, n+1
	for next > 0 {
		if p.rec.entries[next-1].kind == happened {
			if left--; left == 0 {
				break
			}
		}
		next--
	}
	var at time.Duration
	if next > 0 {
		at = p.rec.entries[next-1].at
	}
	p.jump(next, at)
}
