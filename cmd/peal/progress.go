package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// Pauses between two states of a progress display.
const (
	barPause  = 100 * time.Millisecond
	linePause = 2 * time.Second
)

// A progress shows how far a job of many parts is: a bar that redraws itself on
// a terminal, and a plain line now and then elsewhere. It is safe for
// concurrent use.
type progress struct {
	w        io.Writer
	terminal bool
	width    int
	doing    string // "importing"
	noun     string // "file"; empty where bytes are counted
	total    int    // -1 if that is not known
	guessed  bool   // total is
	now      func() time.Time

	mu    sync.Mutex
	done  int
	bytes int64
	last  time.Time // when it was shown
	ended bool
}

// progress begins a display of a job on standard error.
func (c *cli) progress(doing, noun string, total int) *progress {
	width := c.width
	if width == 0 {
		width = 80
	}
	p := &progress{w: c.err, terminal: c.errTerminal, width: width, doing: doing, noun: noun, total: total, now: time.Now}
	p.last = p.now()
	p.show()
	return p
}

// moving begins a display of a large value that moves, on a terminal alone.
func (c *cli) moving(doing string, large bool, size int64) follower {
	if !large || !c.errTerminal {
		return nobody{}
	}
	return c.progress(doing, "", int(size))
}

// reach says how many bytes have moved.
func (p *progress) reach(bytes int64) { p.set(int(bytes), 0) }

// add counts a part as done.
func (p *progress) add(bytes int64) { p.set(-1, bytes) }

// set says how many parts are done, -1 for one more.
func (p *progress) set(done int, bytes int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if done < 0 {
		done = p.done + 1
	}
	p.done, p.bytes = done, p.bytes+bytes
	pause := linePause
	if p.terminal {
		pause = barPause
	}
	if now := p.now(); !p.ended && now.Sub(p.last) >= pause {
		p.last = now
		p.show()
	}
}

// guess says how many parts are done, and how much of the job that is.
func (p *progress) guess(done int, bytes int64, share float64) {
	p.mu.Lock()
	p.total, p.guessed = int(float64(done)/max(share, 1e-9)), true
	p.mu.Unlock()
	p.set(done, bytes)
}

func (p *progress) show() {
	if p.terminal {
		fmt.Fprintf(p.w, "\r\033[K%s", p.bar())
		return
	}
	fmt.Fprintf(p.w, "%s: %s\n", p.doing, p.count())
}

// note prints a line without disturbing the bar.
func (p *progress) note(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return
	}
	if p.terminal {
		fmt.Fprint(p.w, "\r\033[K")
	}
	fmt.Fprintf(p.w, format+"\n", args...)
	if p.terminal {
		p.show()
	}
}

// end removes the bar. A job that was given up may go on, but shows nothing more.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return
	}
	p.ended = true
	if p.terminal {
		fmt.Fprint(p.w, "\r\033[K")
	}
}

func (p *progress) count() string {
	var text string
	switch {
	case p.noun == "" && p.total < 0:
		return sizeText(int64(p.done))
	case p.noun == "":
		return fmt.Sprintf("%s of %s", sizeText(int64(p.done)), sizeText(int64(p.total)))
	case p.total < 0:
		text = counted(p.done, p.noun)
	case p.guessed:
		text = fmt.Sprintf("%d of about %s", p.done, counted(p.total, p.noun))
	default:
		text = fmt.Sprintf("%d of %s", p.done, counted(p.total, p.noun))
	}
	if p.bytes > 0 {
		text += ", " + sizeText(p.bytes)
	}
	return text
}

// bar fills what the texts leave of a line, and goes where they leave too little.
func (p *progress) bar() string {
	text := p.doing + "  " + p.count()
	room := min(p.width-utf8.RuneCountInString(text)-4, 40)
	if room < 5 || p.total < 1 {
		return shorten(text, p.width-1)
	}
	full := room * min(p.done, p.total) / p.total
	return fmt.Sprintf("%s [%s%s] %s", p.doing, strings.Repeat("#", full), strings.Repeat("-", room-full), p.count())
}
