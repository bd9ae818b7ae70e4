// The plots: which charts there are, and what each shows of the samples.

import { quantile, sum, windowed } from "./series.js";

const smooth = 10; // seconds over which rates and latencies are taken

/** @typedef {{x: number, y: number}[]} Line
 * @typedef {{id: string, title: string, unit: string, lines: {name: string, points: Line}[], bars?: boolean}} Plot */

/**
 * plotsOf gives all charts.
 * @param {import("./series.js").Sample[]} samples @param {import("./types.js").State} state
 * @returns {Plot[]}
 */
export function plotsOf(samples, state) {
  const rate = (name) => windowed(samples, smooth, (w) => sum(w, name) / w.length);
  const bytes = (use) => windowed(samples, smooth, (w) => (w.some(({ sent }) => sent) ? w.reduce((total, { sent }) => total + (sent?.[use] ?? 0), 0) / w.length : NaN));
  const over = (part) => windowed(samples, smooth, (w) => quantile(w.flatMap((sample) => sample.ms), part));
  return [
    { id: "hops", title: "Requests a lookup", unit: "requests", lines: [
      { name: "measured", points: windowed(samples, smooth, (w) => sum(w, "hops") / (w.flatMap((sample) => sample.ms).length || NaN)) },
      { name: "½ log₂ N", points: samples.map(({ at, peers }) => ({ x: at, y: peers > 0 ? Math.log2(peers) / 2 : NaN })) },
    ] },
    { id: "latency", title: "Time a lookup", unit: "ms", lines: [{ name: "half", points: over(0.5) }, { name: "95 %", points: over(0.95) }] },
    { id: "operations", title: "Operations a second", unit: "a second", lines: [{ name: "lookups", points: rate("lookups") }, { name: "writes", points: rate("writes") }] },
    { id: "churn", title: "Peers that come and go", unit: "a second", lines: [{ name: "join", points: rate("joins") }, { name: "die or leave", points: rate("losses") }] },
    { id: "size", title: "Peers", unit: "peers", lines: [{ name: "peers", points: samples.map(({ at, peers }) => ({ x: at, y: peers })) }] },
    { id: "repair", title: "Records moved by repair", unit: "records a second", lines: [{ name: "records", points: rate("moved") }] },
    { id: "upkeep", title: "Bytes of upkeep, all peers", unit: "bytes a second", lines: [{ name: "ring", points: bytes("ring") }, { name: "lookups and fingers", points: bytes("lookups") }] },
    { id: "data", title: "Bytes of data, all peers", unit: "bytes a second", lines: [{ name: "reads and writes", points: bytes("requests") }, { name: "repair", points: bytes("repair") }] },
    { id: "load", title: "Keys a peer owns", unit: "peers", bars: true, lines: [{ name: "peers", points: histogram(state.order.map((peer) => peer.keys)) }] },
  ];
}

/** histogram counts how many values there are of each size, in at most 20 steps. */
export function histogram(values) {
  if (values.length === 0) return [];
  const most = Math.max(...values);
  const wide = Math.max(1, Math.ceil((most + 1) / 20));
  const counts = Array(Math.floor(most / wide) + 1).fill(0);
  for (const value of values) counts[Math.floor(value / wide)]++;
  return counts.map((y, i) => ({ x: i * wide, y }));
}

/** csvOf writes a plot as lines of a table, x first. */
export function csvOf(plot) {
  const head = [plot.bars ? "keys" : "seconds", ...plot.lines.map((line) => `${line.name} (${plot.unit})`)].map(quoted);
  const rows = plot.lines[0].points.map(({ x }, i) => [x, ...plot.lines.map(({ points }) => (Number.isFinite(points[i].y) ? points[i].y : ""))]);
  return [head, ...rows].map((row) => row.join(",")).join("\r\n") + "\r\n";
}

const quoted = (text) => `"${text.replaceAll('"', '""')}"`;
