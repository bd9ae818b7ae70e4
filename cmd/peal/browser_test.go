package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A tab is a page in a browser without a window.
type tab struct {
	ctx     context.Context
	console func() string // ends the tab and gives the errors that it logged
}

func openTab(t testing.TB, more ...chromedp.ExecAllocatorOption) tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(findBrowser(t)),
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1400, 900),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	options = append(options, more...)
	allocator, end := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(end)
	ctx, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(func() { // waits, so that nothing is left behind
		closeTab()
		_ = chromedp.WaitClosed(ctx)
	})
	if err := chromedp.Do(ctx); err != nil { // starts the browser
		t.Fatal(err)
	}
	return tab{ctx, collectErrors(ctx)}
}

// findBrowser skips the test where there is none.
func findBrowser(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	cannot(t, "neither Chromium nor Chrome is installed (Debian: chromium)")
	return ""
}

// collectErrors hears the console from now on. What the content security policy
// forbids is an error there, too.
func collectErrors(ctx context.Context) func() string {
	ctx, cancel := context.WithCancel(ctx)
	messages := chromedp.Console(ctx)
	said := make(chan string, 1)
	go func() {
		var all strings.Builder
		for m, err := range messages {
			if err != nil {
				break
			}
			// That a write meets another one, and that a simulation is refused, are
			// answers that tests ask for.
			wanted := m.Source == "network" && (strings.Contains(m.Text, "status of 409") || strings.Contains(m.URL, "/v1/simulation"))
			if m.Type == chromedp.ConsoleError && !wanted || m.IsException() {
				fmt.Fprintf(&all, "%v (%s)\n", m, m.URL)
			}
		}
		said <- all.String()
	}()
	return func() string {
		cancel()
		return <-said
	}
}

func (b tab) do(t testing.TB, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		shown, _ := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.body.innerText`))
		t.Fatalf("%v; the page shows\n%s", err, shown)
	}
}

// keep keeps a picture of the page in the directory that PEAL_SHOTS names, if it does.
func (b tab) keep(t *testing.T, name string) {
	t.Helper()
	dir := os.Getenv("PEAL_SHOTS")
	if dir == "" {
		return
	}
	picture, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.MkdirAll(dir, 0o777)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o666)
	}
	if err != nil {
		t.Errorf("keep a picture: %v", err)
	}
}

// shows waits until an element has a text in it.
func shows(id, text string) chromedp.Action[chromedp.Void] {
	return chromedp.Poll[chromedp.Void](fmt.Sprintf("document.getElementById(%q).textContent.includes(%q)", id, text))
}

// counts waits until the header and the drawing have so many peers.
func counts(peers int) chromedp.Action[chromedp.Void] {
	return chromedp.Poll[chromedp.Void](fmt.Sprintf(
		`document.getElementById("peers").textContent === "%d" && document.getElementById("ring").dataset.peers === "%[1]d"`, peers))
}

// click presses a button once it can be pressed. It goes by the element, not by
// its place, which may move while the page is being drawn.
func click(id string) chromedp.Action[chromedp.Void] {
	return chromedp.Poll[chromedp.Void](fmt.Sprintf(
		`((button) => button?.checkVisibility() && !button.disabled && (button.click(), true))(document.querySelector(%q))`, "#"+id))
}

// enter types over what is in a field.
func enter(id, text string) chromedp.Action[chromedp.Void] {
	return chromedp.Steps(
		chromedp.Evaluate[chromedp.Void](fmt.Sprintf("document.getElementById(%q).focus(), document.activeElement.select()", id)),
		chromedp.SendKeys(chromedp.CSS("#"+id), text))
}

// below is whether the verdict covers nothing of the ring.
const below = `document.getElementById("health").getBoundingClientRect().top >= document.getElementById("ring").getBoundingClientRect().bottom`

var shownPeers = flag.Int("shown", 20, "how many peers TestDashboard shows, a multiple of ten")

func TestDashboard(t *testing.T) {
	if testing.Short() {
		t.Skip("not in a short run: a browser takes its time")
	}
	t.Parallel()
	b := openTab(t)
	s := background(t, "testnet", "--peers", fmt.Sprint(*shownPeers), "--transport", "memory")
	var up settled
	s.hears(t, &up)

	b.do(t, chromedp.Navigate(up.URL), shows("state", "Live"), counts(*shownPeers), shows("shape", "Well-formed"))
	b.do(t, enter("key", "greeting"), enter("value", "hello, ring"), click("put"), shows("result", "Stored on "))
	b.do(t, click("get"), shows("result", "hello, ring"))
	if got := runWith(t, "", "PEAL_API="+up.URL, "touch", "greeting", "--ttl", "1h"); got.code != 0 {
		t.Errorf("touch: %+v", got)
	}
	b.do(t, click("get"), shows("result", "Expires"))
	b.do(t, click("lookup"), chromedp.WaitVisible(chromedp.CSS("#result .route")), shows("result", "Owner"))
	b.do(t, holds(below))
	b.do(t, click("help"), holds(`document.getElementById("shortcuts").open && document.getElementById("shortcuts").scrollTop === 0`), click("shortcuts button"))
	lookupIsListed(t, b, up.URL)

	b.do(t, enter("kill-count", "1"), click("kill"), shows("lab-result", "Killed 1 peer"), counts(*shownPeers-1))
	b.do(t, enter("join-count", "2"), click("join"), shows("lab-result", "Joined 2 peers"), counts(*shownPeers+1), shows("shape", "Well-formed"))
	killedPeerVanishes(t, b)
	b.do(t, enter("key", "no such key"), click("delete"), shows("result", "Deleted on "))
	ringIsSteered(t, b)
	operationsAreListed(t, b, up.URL)
	keysAreEdited(t, b, up.URL)
	lossIsReckoned(t, b)
	peersAreHurt(t, b)
	pastIsShown(t, b)
	lessonIsPlayed(t, b)
	ringsAreCompared(t, b)
	chartsAreDrawn(t, b)
	pageIsTrue(t, b)
	pageIsAccessible(t, b)
	largeValueIsOffered(t, b, up.URL)
	partitionShows(t, b)
	b.do(t, enter("key", ".."), click("put"), shows("result", "peal put .. VALUE"))
	allPeersDie(t, b)
	nothingForeign(t, b)
	if said := b.console(); said != "" {
		t.Errorf("errors in the console:\n%s", said)
	}
}

// lookupIsListed compares the owner that the page shows with what the command
// line says.
func lookupIsListed(t *testing.T, b tab, api string) {
	t.Helper()
	shown, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](
		`[...document.querySelectorAll("#result .route > li")].find((li) => li.textContent.startsWith("Owner")).querySelector("[data-peer]").textContent`))
	if err != nil {
		t.Fatal(err)
	}
	want := runWith(t, "", "PEAL_API="+api, "lookup", "greeting")
	if shown == "" || !strings.Contains(want.out, shown) {
		t.Errorf("the page names the owner %q; the command line says\n%s", shown, want.out)
	}
}

// allPeersDie kills those that are left.
func allPeersDie(t *testing.T, b tab) {
	t.Helper()
	b.do(t, chromedp.Evaluate[chromedp.Void](`document.getElementById("kill-how").value = "adjacent"`),
		enter("kill-count", fmt.Sprint(*shownPeers)), click("kill"), counts(0),
		shows("lab-result", fmt.Sprintf("%d in a row: keys that only they held are lost.", *shownPeers)),
		shows("empty-title", "No live peers"), shows("empty-text", "Join"), shows("replication", "–"), shows("shape", "–"))
}

// killedPeerVanishes selects a peer on the ring and kills that one.
func killedPeerVanishes(t *testing.T, b tab) {
	t.Helper()
	b.do(t, chromedp.Focus(chromedp.CSS("#ring")), chromedp.KeyEvent(kb.ArrowRight),
		chromedp.Poll[chromedp.Void](`document.getElementById("ring").dataset.selected !== ""`),
		shows("details", "Successors"), click("kill-selected"), counts(*shownPeers), shows("details", "is no longer in the ring"))
}

// A page whose server goes away says so, keeps what it saw, and shows what there is when
// another one answers at the address.
func TestServerComesBack(t *testing.T) {
	if testing.Short() {
		t.Skip("not in a short run: a browser takes its time")
	}
	t.Parallel()
	b := openTab(t)
	s := background(t, "testnet", "--peers", "5", "--transport", "memory")
	var up settled
	s.hears(t, &up)
	b.do(t, chromedp.Navigate(up.URL), shows("state", "Live"), counts(5))
	s.stop()
	<-s.code
	b.do(t, shows("state", "Disconnected"), counts(5), holds(`document.querySelector(".stage").classList.contains("stale")`))
	address := strings.Trim(strings.TrimPrefix(up.URL, "http://"), "/")
	background(t, "testnet", "--peers", "3", "--transport", "memory", "--http", address).hears(t, &up)
	b.do(t, holds(`((retry) => (retry.checkVisibility() && retry.click(), document.getElementById("state").textContent === "Live"))(document.getElementById("retry"))`))
	b.do(t, counts(3), shows("verdict", "Settled: 3 peers"))
}
