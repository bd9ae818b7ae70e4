// Series: what was measured, second by second, from the messages that come by.

/** @import { Message } from "./types.js" */

const kept = 600; // seconds
const uses = /** @type {const} */ (["ring", "lookups", "requests", "repair"]);

/**
 * @typedef {object} Sample one second
 * @property {number} at seconds
 * @property {number} peers
 * @property {number} lookups answered
 * @property {number} writes
 * @property {number} hops of the lookups in ms
 * @property {number[]} ms of those lookups whose route was told
 * @property {number} joins
 * @property {number} losses
 * @property {number} moved records, by reconciliation
 * @property {import("./types.js").Traffic} [sent] bytes, by all peers; none where nobody told
 */

/** Series keeps one sample a second, the last ones. */
export class Series {
  /** @type {Sample[]} */
  samples = [];
  #peers = new Set();
  /** @type {import("./types.js").Traffic} */
  #sent = null; // so far

  /** take counts what a message tells, at a time in seconds.
   * @param {number} at @param {Message} message */
  take(at, message) {
    if (message.type === "snapshot") this.#peers.clear();
    for (const { id } of message.peers) this.#peers.add(id);
    for (const id of message.gone ?? []) this.#peers.delete(id);
    const sample = this.#at(Math.floor(at));
    sample.peers = this.#peers.size;
    if (message.traffic) this.#spend(sample, message.traffic);
    for (const event of message.events ?? []) count(sample, event);
    for (const [kind, n] of Object.entries(message.more ?? {})) countMore(sample, kind, n);
  }

  // Whoever has lost the stream for a while is told a sum that begins anew.
  #spend(sample, traffic) {
    const before = this.#sent;
    this.#sent = traffic;
    if (!before || uses.some((use) => traffic[use] < before[use])) return;
    sample.sent ??= { ring: 0, lookups: 0, requests: 0, repair: 0 };
    for (const use of uses) sample.sent[use] += traffic[use] - before[use];
  }

  // A second in which nothing came is a sample, too.
  #at(second) {
    const last = this.samples.at(-1);
    if (last && second <= last.at) return last;
    const from = last ? Math.max(last.at + 1, second - kept) : second;
    for (let at = from; at <= second; at++) this.samples.push(blank(at, last));
    this.samples.splice(0, this.samples.length - kept);
    return this.samples.at(-1);
  }
}

const blank = (at, last) => ({ at, peers: last?.peers ?? 0, lookups: 0, writes: 0, hops: 0, ms: [], joins: 0, losses: 0, moved: 0 });

function count(sample, event) {
  if (event.kind === "lookup") {
    sample.lookups++;
    sample.hops += event.route?.hops?.length ?? 0;
    if (event.route) sample.ms.push(event.route.ms);
  }
  if (event.kind === "reconciled") sample.moved += event.count ?? 0;
  countMore(sample, event.kind, event.kind === "lookup" ? 0 : 1);
}

function countMore(sample, kind, n) {
  if (kind === "lookup") sample.lookups += n;
  if (kind === "stored") sample.writes += n;
  if (kind === "joined") sample.joins += n;
  if (kind === "killed" || kind === "left") sample.losses += n;
}

/** quantile is the value below which a part of the list lies; NaN of none. */
export function quantile(list, part) {
  if (list.length === 0) return NaN;
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
}

/** windowed gives for each sample what a function makes of it and those of the seconds before. */
export const windowed = (samples, seconds, make) =>
  samples.map((sample, i) => ({ x: sample.at, y: make(samples.slice(Math.max(0, i - seconds + 1), i + 1)) }));

/** The sum of a property over samples. */
export const sum = (samples, name) => samples.reduce((total, sample) => total + sample[name], 0);
