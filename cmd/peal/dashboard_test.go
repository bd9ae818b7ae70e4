package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"peal/chord"
)

// holds waits until an expression of the page is true.
func holds(expression string) chromedp.Action[chromedp.Void] {
	return chromedp.Poll[chromedp.Void](expression)
}

// choose sets a field as a hand does.
func choose(id, value string) chromedp.Action[chromedp.Void] {
	return chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`((field) => {
		field.value = %q;
		for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind));
	})(document.getElementById(%q))`, value, id))
}

// evaluates waits for a promise, and gives what it comes to.
func evaluates[T any](t testing.TB, b tab, expression string) T {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	answer, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// inSight is whether something of the ring is in sight.
const inSight = `((ring) => ring.getContext("2d").getImageData(0, 0, ring.width, ring.height).data.some((value, i) => i % 4 === 3 && value > 0))(document.getElementById("ring"))`

// ringIsSteered zooms, colours the arcs, and reads the sentence and a peer's page.
func ringIsSteered(t *testing.T, b tab) {
	t.Helper()
	zoomed := func(scale string) chromedp.Action[chromedp.Void] {
		return holds(fmt.Sprintf(`document.getElementById("ring").dataset.scale === %q`, scale))
	}
	b.do(t, shows("verdict", fmt.Sprintf("Settled: %d peers in one ring", *shownPeers)))
	b.do(t, click("closer"), zoomed("2.00"), click("closer"), zoomed("4.00"), holds(inSight), holds(below), click("whole"), zoomed("1.00"), click("closer"), click("closer"), click("closer"), zoomed("8.00"), holds(inSight), click("whole"), zoomed("1.00"))
	b.do(t, choose("layer", "keys"), chromedp.WaitVisible(chromedp.CSS("#shades")), shows("shades", "keys"))
	b.do(t, chromedp.Focus(chromedp.CSS("#ring")), chromedp.KeyEvent(kb.Home), shows("dossier", "Addresses"), shows("dossier", "/memory/"))
	b.do(t, shows("dossier", "To hand over0 records"), holds(`/Ring\d+(\.\d+)? (bytes|KiB|MiB)/.test(document.getElementById("dossier").textContent)`))
	b.keep(t, "peer")
}

// operationsAreListed watches a lookup again. A row that has the focus keeps it when others come.
func operationsAreListed(t *testing.T, b tab, api string) {
	t.Helper()
	var route struct{ Replicas []chord.Contact }
	got := runWith(t, "", "PEAL_API="+api, "lookup", "greeting", "-o", "json")
	if err := json.Unmarshal([]byte(got.out), &route); err != nil || len(route.Replicas) < 2 {
		t.Fatalf("lookup: %+v, %v; want two replicas", got, err)
	}
	runWith(t, "", "PEAL_API="+api, "lookup", "greeting", "--via", route.Replicas[1].Peer.String()) // asks the owner: at that one there is no hop to tell of
	b.do(t, click("tab-operations"), choose("operation-kind", "lookup"), choose("operation-text", "greeting"),
		holds(`((hops) => hops && (hops.click(), true))([...document.querySelectorAll("#operations .name[title]")].find((name) => !name.textContent.startsWith("0 ")))`),
		shows("operation", "Owner"))
	b.do(t, chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("#operation .others").forEach((others) => (others.open = true))`),
		shows("operation", "Not asked, since it"), holds(`/lies|had|was/.test(document.querySelector("#operation .others td").textContent)`))
	b.keep(t, "lookup")
	b.do(t, choose("operation-text", "no operation has this"), holds(`document.getElementById("operations").childElementCount === 0`), choose("operation-text", ""))
	b.do(t, chromedp.Evaluate[chromedp.Void](`document.querySelector("#operations .name").focus()`))
	if got := runWith(t, "", "PEAL_API="+api, "lookup", "another"); got.code != 0 {
		t.Fatalf("lookup: %+v", got)
	}
	b.do(t, shows("operations", "another"), holds(`document.activeElement.matches("#operations .name")`))
}

// keysAreEdited edits a key that somebody else has written meanwhile.
func keysAreEdited(t *testing.T, b tab, api string) {
	t.Helper()
	b.do(t, enter("key", "gree"), click("list"), shows("listing", "greeting"), click("listing .name"), shows("result", "hello, ring"))
	b.do(t, click("edit"), holds(`document.getElementById("value").value === "hello, ring"`))
	if got := runWith(t, "", "PEAL_API="+api, "put", "greeting", "theirs"); got.code != 0 {
		t.Fatalf("put: %+v", got)
	}
	b.do(t, enter("value", "mine"), click("put"), shows("result", "Nothing was overwritten"), click("see-other"), shows("result", "theirs"))
	b.do(t, click("put"), shows("result", "Stored on "), choose("ttl", "1h"), click("touch"), shows("result", "Renewed on "), shows("result", "Expires"))
	b.do(t, choose("ttl", ""), click("get"), shows("result", "mine"), click("compare"), shows("result", "3 of 3"),
		holds(`[...document.querySelectorAll("#result .replies li")].filter((li) => li.textContent.includes("has the newest")).length === 3`))
	b.keep(t, "key")
	runWith(t, "", "PEAL_API="+api, "put", "line\nbreak", "junk")
	b.do(t, enter("key", "line"), click("list"), shows("listing", `line\u{a}break`), click("listing .name"),
		shows("result", "has line breaks"), holds(`document.getElementById("key").value === ""`))
	runWith(t, "", "PEAL_API="+api, "del", "line\nbreak")
}

// largeValueIsOffered reads a value that is too large to be shown.
func largeValueIsOffered(t *testing.T, b tab, api string) {
	t.Helper()
	large := filepath.Join(t.TempDir(), "large")
	if err := os.WriteFile(large, make([]byte, 3<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	runWith(t, "", "PEAL_API="+api, "put", "large", "@"+large)
	b.do(t, enter("key", "large"), click("get"), shows("result", "Found: 3 MiB"), shows("result", "Save it as a file"))
	saved := evaluates[int](t, b, `fetch(document.querySelector("#result a").href).then((answer) => answer.arrayBuffer()).then((bytes) => bytes.byteLength)`)
	if saved != 3<<20 {
		t.Errorf("the link to a value of 3 MiB gives %d bytes", saved)
	}
	runWith(t, "", "PEAL_API="+api, "del", "large")
}

// lossIsReckoned marks all peers but one, one after the other, and then none.
func lossIsReckoned(t *testing.T, b tab) {
	t.Helper()
	b.do(t, chromedp.Focus(chromedp.CSS("#ring")), chromedp.KeyEvent(kb.Home), chromedp.KeyEvent("x"), shows("doom-answer", "No key lost"))
	if spoken := evaluates[int](t, b, `new Promise((done) => {
		let [changes, seconds] = [0, 0];
		new MutationObserver((list) => (changes += list.length)).observe(document.getElementById("doom-answer"), { childList: true });
		new MutationObserver(() => ++seconds === 2 && done(changes)).observe(document.getElementById("clock"), { childList: true });
	})`); spoken > 0 {
		t.Errorf("the answer is spoken %d times more, though it stays the same", spoken)
	}
	for range *shownPeers - 1 {
		b.do(t, chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent("x"))
	}
	b.do(t, shows("doom-answer", "1 key lost"), click("doom-name"), shows("doom-keys", "greeting"))
	b.keep(t, "what-if")
	b.do(t, click("doom-none"), shows("doom-answer", "what would be lost"))
}

// pastIsShown goes back to when there were fewer peers. Meanwhile there comes to be more of it.
func pastIsShown(t *testing.T, b tab) {
	t.Helper()
	b.do(t, slideTo(0.5), shows("state", "The past"), hidden("#lab"), hidden("#put"))
	b.do(t, holds(`document.getElementById("dossier").childElementCount === 0`)) // it would be that of now
	length := evaluates[float64](t, b, `Number(document.getElementById("seek").max)`)
	b.do(t, holds(fmt.Sprintf(`Number(document.getElementById("seek").max) > %v`, length)))
	b.keep(t, "past")
	b.do(t, click("live"), shows("state", "Live"), counts(*shownPeers))
}

// lessonIsPlayed goes through the story of a partition.
func lessonIsPlayed(t *testing.T, b tab) {
	t.Helper()
	b.do(t, lesson("A partition and its healing"), counts(16))
	b.do(t, click("lesson-next"), shows("reasons", "2 rings instead of one"), shows("play-text", "Play"))
	b.do(t, chromedp.EmulateViewport(390, 844), holds(below)) // two rings leave no room in the middle of a phone
	b.keep(t, "phone")
	b.do(t, chromedp.ResetViewport())
	pressed := func(is string) chromedp.Action[chromedp.Void] {
		return holds(fmt.Sprintf(`document.getElementById("lesson-large").getAttribute("aria-pressed") === %q`, is))
	}
	b.do(t, click("lesson-large"), pressed("true"))
	b.do(t, click("lesson-end"), shows("state", "Live"), counts(*shownPeers), hidden("#lesson"), pressed("false"), holds("!("+below+")"))
}

// lesson begins one by its title.
func lesson(title string) chromedp.Action[chromedp.Void] {
	return chromedp.Steps(click("lessons"), holds(fmt.Sprintf(
		`[...document.querySelectorAll("#lesson-names button")].some((button) => button.checkVisibility() && button.textContent === %q && (button.click(), true))`, title)),
		shows("lesson-title", title))
}

// ringsAreCompared goes through the story with two rings side by side.
func ringsAreCompared(t *testing.T, b tab) {
	t.Helper()
	ends := func() chromedp.Action[chromedp.Void] { return shows("play-text", "Play") }
	b.do(t, lesson("Why the original protocol breaks"), counts(8), shows("title-second", "The rules of today"), shows("verdict-beside", "Settled: 8 peers"))
	for step := 2; step <= 5; step++ {
		b.do(t, click("lesson-next"), shows("lesson-note", fmt.Sprintf("%d of 5", step)), ends())
	}
	b.do(t, counts(7), shows("reasons", "7 peers lead to no ring"), shows("verdict-beside", "Settled: 7 peers in one ring"))
	b.keep(t, "lesson-original")
	b.do(t, slideTo(3), shows("verdict", "Settled: 8 peers"), shows("verdict-beside", "Settled: 8 peers"))
	b.do(t, click("lesson-end"), shows("state", "Live"), counts(*shownPeers), hidden("#beside"))
}

func chartsAreDrawn(t *testing.T, b tab) {
	t.Helper()
	b.do(t, click("tab-charts"), holds(`document.querySelectorAll("#plot-latency .line").length === 2`), shows("plot-hops", "½ log₂ N"))
	b.do(t, holds(`document.querySelectorAll("#plot-upkeep .line").length === 2`), shows("plot-data", "repair"))
	b.keep(t, "charts")
}

// pageIsTrue compares the table of the page with what the peers say.
func pageIsTrue(t *testing.T, b tab) {
	t.Helper()
	b.do(t, click("tab-table"))
	if diff := evaluates[string](t, b, `(async () => {
		const short = (contact) => (contact?.id ?? "").slice(0, 8) || "–";
		let diff;
		for (let i = 0; i < 100 && diff !== ""; i++) {
			await new Promise((later) => setTimeout(later, 100));
			const { peers } = await (await fetch("v1/ring")).json();
			const want = peers.map((p) => [short(p), p.keys, p.records, short(p.predecessor), short(p.successors[0])].join(" ")).sort();
			const got = [...document.querySelectorAll("#table-body tr")].map((row) => {
				const [id, , keys, records, , pred, succ] = [...row.children].map((cell) => cell.textContent);
				return [id, keys, records, pred, succ].join(" ");
			}).sort();
			diff = got.join("\n") === want.join("\n") ? "" : "the page has\n" + got.join("\n") + "\nthe peers say\n" + want.join("\n");
		}
		return diff;
	})()`); diff != "" {
		t.Error(diff)
	}
	if kept := evaluates[bool](t, b, `new Promise((done) => {
		const row = document.querySelector("#table-body tr");
		let seconds = 0;
		new MutationObserver(() => ++seconds === 2 && done(row.isConnected)).observe(document.getElementById("clock"), { childList: true });
	})`); !kept {
		t.Error("the rows of the table are made anew again and again")
	}
	b.keep(t, "table")
	b.do(t, click("tab-ring"))
}

// partitionShows cuts 30 % of the ring off, and heals it before it has parted.
func partitionShows(t *testing.T, b tab) {
	t.Helper()
	b.do(t, click("cut"), shows("lab-result", fmt.Sprintf("Cut off %d peers", *shownPeers*3/10)), click("heal"), shows("lab-result", "Healed"))
}

// nothingForeign wants all requests of the page to have gone where it came from.
func nothingForeign(t *testing.T, b tab) {
	t.Helper()
	if foreign := evaluates[string](t, b, `performance.getEntriesByType("resource").map((e) => e.name).filter((name) => new URL(name).host !== location.host).join()`); foreign != "" {
		t.Errorf("requests that leave the machine: %s", foreign)
	}
}

// pageIsAccessible has axe-core look at every view in both themes. The gate says
// where it is.
func pageIsAccessible(t *testing.T, b tab) {
	t.Helper()
	path := os.Getenv("PEAL_AXE")
	if path == "" {
		t.Log("PEAL_AXE does not name axe.min.js of axe-core: accessibility is not looked at")
		return
	}
	script, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	evaluates[bool](t, b, string(script)+"; true")
	// Colours fade from one to the other: this is about the end of that.
	settled := chromedp.Evaluate[chromedp.Void](`document.getAnimations().forEach((a) => a.finish())`)
	for _, theme := range []string{"light", "dark"} {
		b.do(t, holds(fmt.Sprintf(`(document.getElementById("theme").click(), document.documentElement.dataset.theme === %q)`, theme)), settled)
		for _, view := range []string{"tab-ring", "tab-table", "tab-charts", "tab-peer", "tab-operations", "tab-events"} {
			b.do(t, click(view), settled)
			noViolation(t, b, theme+", "+view)
		}
		b.do(t, click("tab-ring"), click("help"))
		noViolation(t, b, theme+", help")
		b.do(t, click("shortcuts button"), click("simulate"))
		noViolation(t, b, theme+", the form of a simulation")
		b.do(t, click("simulate-cancel"), click("lessons"))
		noViolation(t, b, theme+", the list of lessons")
		b.do(t, click("lesson-list form button"), lesson("Why the original protocol breaks"), settled)
		noViolation(t, b, theme+", a lesson")
		b.do(t, click("lesson-end"), slideTo(0.5), shows("state", "The past"), settled)
		noViolation(t, b, theme+", the past")
		b.do(t, click("live"), shows("state", "Live"))
	}
}

func noViolation(t *testing.T, b tab, where string) {
	t.Helper()
	var found []struct{ Impact, Help, Nodes string }
	text := evaluates[string](t, b, `axe.run({ resultTypes: ["violations"] }).then(({ violations }) => JSON.stringify(violations
		.filter((v) => v.impact === "serious" || v.impact === "critical")
		.map((v) => ({ impact: v.impact, help: v.help, nodes: v.nodes.map((n) => n.html).slice(0, 4).join(" | ") }))))`)
	if err := json.Unmarshal([]byte(text), &found); err != nil {
		t.Fatal(err)
	}
	for _, v := range found {
		t.Errorf("%s: %s: %s: %s", where, v.Impact, v.Help, v.Nodes)
	}
}

// droppedFileIsPlayed opens in the page the file that the server plays, and wants the
// same at the same times.
func droppedFileIsPlayed(t *testing.T, b tab, r reel, name string) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	drop := func(content string) chromedp.Action[chromedp.Void] {
		quoted, _ := json.Marshal(content)
		return chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`{
			const dataTransfer = new DataTransfer();
			dataTransfer.items.add(new File([%s], "run.jsonl"));
			document.dispatchEvent(new DragEvent("drop", { dataTransfer, cancelable: true }));
		}`, quoted))
	}
	b.do(t, drop(strings.Replace(string(text), `"kind":"view"`, `"knd":"view"`, 1)), shows("say", "the recording is damaged: line 2: it is not what a recording has"))
	b.do(t, drop(string(text)), shows("film-facts", "run.jsonl"), holds(`document.getElementById("say").textContent === ""`))
	for _, at := range []float64{3, 20, 41.5} {
		b.do(t, slideTo(at), counts(r.peersAt(t, at)))
		shape := "Well-formed"
		if !r.at(t, at).WellFormed {
			shape = "Not well-formed"
		}
		b.do(t, holds(fmt.Sprintf(`document.getElementById("shape").textContent === %q`, shape)))
	}
	b.do(t, click("live"), shows("film-facts", name))
}
