package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"peal/node"
	"peal/node/recording"
	"peal/testnet/sim"
	"peal/web"
)

// A reel is a recording that a test compares the page with.
type reel struct{ *recording.Recording }

// at is how the ring looks at a time.
func (r reel) at(t *testing.T, seconds float64) node.Ring {
	t.Helper()
	p := recording.NewPlayer(r.Recording, func(node.Event) {}, time.Now)
	if _, err := p.Steer(recording.Steering{Seek: &seconds}); err != nil {
		t.Fatal(err)
	}
	return p.Ring()
}

// peersAt is how many peers there are at a time.
func (r reel) peersAt(t *testing.T, seconds float64) int {
	t.Helper()
	return len(r.at(t, seconds).Peers)
}

// first is the number, from 1, of the first event of a kind.
func (r reel) first(t *testing.T, kind node.EventKind) int {
	t.Helper()
	for i, e := range r.Events() {
		if e.Kind == kind {
			return i + 1
		}
	}
	t.Fatalf("nothing of the kind %s was recorded", kind)
	return 0
}

// slideTo moves the slider as a hand does.
func slideTo(seconds float64) chromedp.Action[chromedp.Void] {
	return chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`{
		const seek = document.getElementById("seek");
		seek.value = %v;
		seek.dispatchEvent(new Event("input"));
		seek.dispatchEvent(new Event("change"));
	}`, seconds))
}

// lateFrames gives each frame a time long past, as a busy machine does.
func lateFrames() chromedp.Action[chromedp.Void] {
	return chromedp.Evaluate[chromedp.Void](`{
		const ask = requestAnimationFrame;
		window.requestAnimationFrame = (draw) => ask((now) => draw(now - 1000));
	}`)
}

func hidden(selector string) chromedp.Action[chromedp.Void] {
	return chromedp.Poll[chromedp.Void](fmt.Sprintf("document.querySelector(%q).checkVisibility() === false", selector))
}

func TestReplayInBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("not in a short run: a browser takes its time")
	}
	t.Parallel()
	name, end := recordedRun(t, sim.Config{
		Peers: 30, Seed: 5, Grown: true, JoinEvery: 300 * time.Millisecond,
		Duration: time.Minute, Joins: 0.1, Crashes: 0.2, Lookups: 1,
	})
	rec, err := loadRecording(name)
	if err != nil {
		t.Fatal(err)
	}
	r := reel{rec}
	b := openTab(t)
	s := background(t, "replay", name)
	var up struct{ URL string }
	s.hears(t, &up)

	b.do(t, chromedp.Navigate(up.URL), shows("state", "Recording"), shows("play-text", "Pause"), hidden(".keys-card"), hidden("#lab"))
	b.do(t, lateFrames(), chromedp.KeyEvent(" "), shows("play-text", "Play"), shows("film-facts", "simulator"))
	b.do(t, slideTo(3), shows("clock", "0:03.0 /"), counts(r.peersAt(t, 3)))
	b.do(t, slideTo(6), counts(r.peersAt(t, 6)), shows("log", "joined the ring"))
	speedIsShown(t, b, up.URL, 4, 11)
	speedIsShown(t, b, up.URL, 2, 10)
	stepsShowLookups(t, b, r)
	marksLeadToFaults(t, b, r)
	b.do(t, chromedp.Evaluate[chromedp.Void](`{
		const speed = document.getElementById("speed");
		speed.value = "100";
		speed.dispatchEvent(new Event("change"));
	}`), click("play"), shows("play-text", "Play"), counts(len(end.Peers)), shows("shape", "Well-formed"))
	droppedFileIsPlayed(t, b, r, name)
	simulationIsLinked(t, b, up.URL)
	strangersFile(t, b)
	if said := b.console(); said != "" {
		t.Errorf("errors in the console:\n%s", said)
	}
}

// simulationIsLinked has the page simulate what its address says, and then what is typed
// in; and wants what the command line records.
func simulationIsLinked(t *testing.T, b tab, url string) {
	t.Helper()
	const query = "minutes=0.2&peers=12&seed=7"
	rec, err := recording.Load(bytes.NewReader(pageRun(t, query)))
	if err != nil {
		t.Fatal(err)
	}
	r := reel{rec}
	b.do(t, chromedp.Navigate(url+"#simulation?"+query), shows("film-facts", "Seed7"), hidden("#simulation"))
	b.do(t, chromedp.KeyEvent(" "), shows("play-text", "Play"), slideTo(10), counts(r.peersAt(t, 10)))
	b.do(t, holds(fmt.Sprintf(`document.getElementById("film-link").value === %q`, url+"#simulation?"+query)))
	b.do(t, click("film-copy"), holds(`document.getElementById("film-copied").textContent !== ""`))
	b.keep(t, "simulation")
	b.do(t, click("live"), shows("film-facts", "Seed5"), holds(`location.hash === ""`))

	b.do(t, chromedp.Evaluate[chromedp.Void](`location.hash = "#simulation?peers=0"`), shows("simulation-text", "--peers 0: want 1 to 1000"))
	b.keep(t, "simulation-refused")
	b.do(t, click("simulation-end"), hidden("#simulation"), holds(`location.hash === ""`))

	b.do(t, click("simulate"), choose("simulate-peers", "9"), choose("simulate-minutes", "0.1"), choose("simulate-faults", "none"))
	b.keep(t, "simulate")
	b.do(t, click("simulate-form .main"), shows("film-command", "peal sim --faults none --minutes 0.1 --peers 9 --seed "), counts(9))
	b.do(t, holds(`location.href === document.getElementById("film-link").value`), click("live"), shows("film-facts", "Seed5"))
}

// strangersFile opens a recording whose every text is markup.
func strangersFile(t *testing.T, b tab) {
	t.Helper()
	const markup = `<img src=x onerror="document.title='hacked'">`
	name := filepath.Join(t.TempDir(), "file")
	tape, err := newTape(name, recording.Header{Source: markup, Ring: markup, Command: markup, Start: recording.SimulatedStart})
	if err != nil {
		t.Fatal(err)
	}
	e := node.Event{Time: recording.SimulatedStart, Peer: contact(1), Kind: recording.Violation, Text: markup}
	for _, kind := range []node.EventKind{recording.Violation, node.Fault, node.Failed, "<img>"} {
		e.Kind = kind
		tape.to.Event(e)
	}
	tape.to.Ring(e.Time, node.Ring{Peers: []node.Info{info(1)}, Problem: markup})
	if err := tape.close(); err != nil {
		t.Fatal(err)
	}
	s := background(t, "replay", name)
	var up struct{ URL string }
	s.hears(t, &up)
	b.do(t, chromedp.Navigate(up.URL), counts(1), shows("log", markup), shows("marks", markup), shows("problem", markup), shows("film-command", markup),
		chromedp.Poll[chromedp.Void](`document.querySelector("img") === null && document.title.startsWith("Peal")`))
}

// speedIsShown wants a speed that is set by the API chosen in a list of so many.
func speedIsShown(t *testing.T, b tab, url string, speed, listed int) {
	t.Helper()
	postJSON[web.Playback](t, url+"v1/replay", fmt.Sprintf(`{"speed":%d}`, speed))
	b.do(t, chromedp.Poll[chromedp.Void](fmt.Sprintf(`(({ value, length }) => value === "%d" && length === %d)(document.getElementById("speed"))`, speed, listed)))
}

// stepsShowLookups steps onto the first lookup and back.
func stepsShowLookups(t *testing.T, b tab, r reel) {
	t.Helper()
	number := r.first(t, node.LookedUp)
	at := r.Events()[number-1].Time.Sub(r.Header.Start).Seconds()
	before := fmt.Sprintf("event %d of", number-1)
	b.do(t, slideTo(at-0.001), shows("event", before), hidden(".when-path"))
	b.do(t, click("forward"), shows("event", fmt.Sprintf("event %d of", number)), chromedp.WaitVisible(chromedp.CSS(".when-path")))
	b.do(t, click("back"), shows("event", before), hidden(".when-path"))
}

// marksLeadToFaults clicks the first crash of the list.
func marksLeadToFaults(t *testing.T, b tab, r reel) {
	t.Helper()
	e := r.Events()[r.first(t, node.Killed)-1]
	at := e.Time.Sub(r.Header.Start).Seconds()
	b.do(t, click("marks .moment"), counts(r.peersAt(t, at)), shows("log", e.Peer.String()+" was killed"))
}
