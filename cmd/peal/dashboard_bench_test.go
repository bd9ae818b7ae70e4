package main

import (
	"flag"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"peal/testnet/sim"
)

// meterFrames has the page note how long its script takes in each frame.
const meterFrames = `{
	globalThis.frames = new Map(); // time of the frame -> milliseconds
	const ask = requestAnimationFrame;
	globalThis.requestAnimationFrame = (draw) => ask((now) => {
		const begin = performance.now();
		draw(now);
		frames.set(now, (frames.get(now) ?? 0) + performance.now() - begin);
	});
}`

// drawn is the part of the frames, sorted by the time that their script took.
const drawn = `((part) => [...frames.values()].sort((a, b) => a - b)[Math.floor(part * (frames.size - 1))] ?? 0)`

// BenchmarkBigRing opens a recording of 1,000 simulated peers that come and go, and plays it
// while the lens moves along the ring.
func BenchmarkBigRing(b *testing.B) {
	name, _ := recordedRun(b, sim.Config{Peers: 1000, Seed: 3, Duration: 30 * time.Second, Joins: 3, Crashes: 3, Lookups: 20})
	for b.Loop() {
		page := openTab(b)
		var up struct{ URL string }
		background(b, "replay", name).hears(b, &up)
		begin := time.Now()
		page.do(b, chromedp.Navigate(up.URL), chromedp.Poll[chromedp.Void](`document.getElementById("ring")?.dataset.peers >= 990`))
		b.ReportMetric(time.Since(begin).Seconds(), "first-picture-s")
		page.do(b, chromedp.Evaluate[chromedp.Void](meterFrames))
		evaluates[bool](b, page, `(async () => {
			const { left, top, width, height } = document.getElementById("ring").getBoundingClientRect();
			const r = Math.min(width, height) / 2 - 60;
			for (let i = 0; i < 250; i++) {
				const [x, y] = [left + width / 2 + r * Math.cos(i / 40), top + height / 2 + r * Math.sin(i / 40)];
				document.getElementById("ring").dispatchEvent(new PointerEvent("pointermove", { clientX: x, clientY: y, bubbles: true }));
				await new Promise((later) => requestAnimationFrame(later));
			}
			return true;
		})()`)
		b.ReportMetric(evaluates[float64](b, page, drawn+`(0.95)`), "frame-p95-ms")
		b.ReportMetric(evaluates[float64](b, page, drawn+`(0.5)`), "frame-p50-ms")
	}
}

var watchFor = flag.Duration("watch", time.Minute, "how long BenchmarkMemory watches a testnet")

// BenchmarkMemory watches a testnet of 100 peers in which up to one comes and one goes a
// second, and compares what the page has in memory after two fifths of the time and in the
// end: it is steady once the ten minutes are full that the page keeps.
func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		page := openTab(b, chromedp.Flag("enable-precise-memory-info", true), chromedp.Flag("js-flags", "--expose-gc"))
		var up settled
		background(b, "testnet", "--peers", "100", "--transport", "memory").hears(b, &up)
		page.do(b, chromedp.Navigate(up.URL), counts(100), choose("churn", "60"))
		heap := func() float64 {
			return evaluates[float64](b, page, `(gc(), performance.memory.usedJSHeapSize / 2 ** 20)`)
		}
		time.Sleep(*watchFor * 2 / 5)
		early := heap()
		time.Sleep(*watchFor * 3 / 5)
		b.ReportMetric(early, "early-MiB")
		b.ReportMetric(heap(), "late-MiB")
		b.ReportMetric(evaluates[float64](b, page, `Number(document.getElementById("peers").textContent)`), "peers")
	}
}
