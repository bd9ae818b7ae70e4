import assert from "node:assert/strict";
import { test } from "node:test";

import { csvOf, histogram, plotsOf } from "../static/plots.js";
import { quantile, Series } from "../static/series.js";
import { empty } from "../static/state.js";
import { delta, event, snapshot, view } from "./messages.js";

const lookup = (ms, hops) => event("lookup", "20", { route: { ms, hops: Array(hops).fill({}) } });
const peers = (n) => Array.from({ length: n }, (_, i) => view(i.toString(16).padStart(2, "0")));

test("events are counted in their second, and those left out too", () => {
  const series = new Series();
  series.take(5.1, delta({ events: [lookup(4, 3), lookup(2, 1), event("joined", "20")] }));
  series.take(5.9, delta({ events: [event("stored", "20"), event("reconciled", "20", { count: 7 })], more: { lookup: 10 } }));
  const [sample] = series.samples;
  assert.deepEqual([sample.at, sample.lookups, sample.hops, sample.writes, sample.joins, sample.moved], [5, 12, 4, 1, 1, 7]);
  assert.deepEqual(sample.ms, [4, 2]);
});

test("a second in which nothing came is a sample", () => {
  const series = new Series();
  series.take(1, snapshot(peers(16)));
  series.take(4, delta({ peers: [view("ee")], gone: [view("00").id, view("01").id] }));
  assert.deepEqual(series.samples.map((s) => [s.at, s.peers]), [[1, 16], [2, 16], [3, 16], [4, 15]]);
});

test("only so many seconds are kept", () => {
  const series = new Series();
  for (const at of [0, 500, 900, 100_000]) series.take(at, delta());
  assert.ok(series.samples.length <= 600);
  assert.equal(series.samples.at(-1).at, 100_000);
});

test("half log N stands beside what was measured", () => {
  const series = new Series();
  series.take(1, snapshot(peers(16)));
  series.take(1.5, delta({ events: [lookup(4, 3), lookup(2, 1)] }));
  const plot = plotsOf(series.samples, empty()).find((p) => p.id === "hops");
  assert.deepEqual(plot.lines.map((line) => line.points[0].y), [2, 2]);
  assert.equal(csvOf(plot), '"seconds","measured (requests)","½ log₂ N (requests)"\r\n1,2,2\r\n');
});

test("where nothing was measured there is nothing", () => {
  const series = new Series();
  series.take(1, delta());
  const plot = plotsOf(series.samples, empty()).find((p) => p.id === "latency");
  assert.ok(Number.isNaN(plot.lines[0].points[0].y));
  assert.match(csvOf(plot), /1,,\r\n$/);
});

test("quantiles and histograms", () => {
  assert.deepEqual([quantile([3, 1, 2], 0.5), quantile([5], 0.95)], [2, 5]);
  assert.deepEqual(histogram([0, 0, 3]), [{ x: 0, y: 2 }, { x: 1, y: 0 }, { x: 2, y: 0 }, { x: 3, y: 1 }]);
  assert.equal(histogram(Array.from({ length: 100 }, (_, i) => i)).length, 20);
});

test("bytes are told as sums, from which each second has its part", () => {
  const series = new Series();
  const traffic = (repair) => ({ ring: 100, lookups: 0, requests: 0, repair });
  series.take(1, snapshot(peers(2), { traffic: traffic(500) }));
  series.take(2, delta({ traffic: traffic(700) }));
  series.take(3, delta());
  series.take(4, delta({ traffic: traffic(40) })); // another server
  series.take(5, delta({ traffic: traffic(45) }));
  assert.deepEqual(series.samples.map((s) => s.sent?.repair), [undefined, 200, undefined, undefined, 5]);
  const plot = plotsOf(series.samples, empty()).find((p) => p.id === "data");
  assert.equal(plot.lines[1].name, "repair");
  assert.deepEqual(plot.lines[1].points.map((p) => p.y), [NaN, 100, 200 / 3, 50, 41]);
});
