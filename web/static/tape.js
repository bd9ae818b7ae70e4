// The tape: messages of the stream, kept with the time at which each came, from
// which any moment can be shown again. It knows no clock.

/** @import { Message, View } from "./types.js" */

/**
 * @typedef {{at: number, message: Message, told: number}} Entry at is in seconds; told counts the events up to here
 * @typedef {{next: number, views: Map<string, View>, head: any, flows: any[], problems: any[]}} Frame how all was before an entry
 */

const perFrame = 200; // entries from which a moment is sought at most
const shortLog = 400; // events before a moment

/** Tape keeps messages; it begins with a snapshot. Each has a number for good, also when those before are forgotten. */
export class Tape {
  first = 0; // number of the first entry that is kept
  /** @type {Entry[]} */
  #entries = [];
  /** @type {Frame[]} */
  #frames = [];
  #weight = 0;
  #forgotten = 0; // events that were on it once
  #last = blank(); // how all is behind the last entry

  /** most bounds the views and events that are kept, and span the seconds. */
  constructor({ most = Infinity, span = Infinity } = {}) {
    this.most = most;
    this.span = span;
  }

  get start() {
    return this.#entries[0]?.at ?? 0;
  }

  get end() {
    return this.#entries.at(-1)?.at ?? 0;
  }

  /** next is the number that the next entry gets. */
  get next() {
    return this.#last.next;
  }

  /** add takes a message at a time, in seconds. A snapshot amid others is what changed since. */
  add(at, message) {
    const begins = this.next === 0;
    if (begins && message.type !== "snapshot") return;
    if (!begins && message.type === "snapshot") message = difference(this.#last, message);
    if (this.next % perFrame === 0) this.#frames.push(copy(this.#last));
    const told = (this.#entries.at(-1)?.told ?? this.#forgotten) + (message.events?.length ?? 0);
    this.#entries.push({ at: Math.max(at, this.end), message, told });
    this.#weight += weight(message);
    takeIn(this.#last, message);
    this.#trim();
  }

  /** behind is the number of the first entry later than a time. */
  behind(at) {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#entries[middle].at <= at) low = middle + 1;
      else high = middle;
    }
    return this.first + low;
  }

  /** snapshot is how all is before the entry of a number, with the events that led there.
   * @returns {Message} */
  snapshot(next) {
    const frame = copy(this.#frames.findLast((f) => f.next <= next) ?? this.#frames[0] ?? blank());
    for (const { message } of this.between(frame.next, next)) takeIn(frame, message);
    const { head, views, flows, problems } = frame;
    return { ...head, type: "snapshot", peers: [...views.values()], flows, problems, log: this.#log(next) };
  }

  /** between gives the entries from one number up to another, as far as they are kept. */
  between(from, to) {
    return this.#entries.slice(Math.max(0, from - this.first), Math.max(0, to - this.first));
  }

  /** eventsUpTo counts the events before the entry of a number, as far as they are kept. */
  eventsUpTo(next) {
    return (this.between(next - 1, next)[0]?.told ?? this.#forgotten) - this.#forgotten;
  }

  #log(next) {
    let from = next;
    for (let count = 0; from > this.first && count < shortLog; from--) count += this.between(from - 1, from)[0].message.events?.length ?? 0;
    return this.between(from, next).flatMap(({ message }) => message.events ?? []).slice(-shortLog);
  }

  // What goes goes by whole frames, so that what stays begins with one.
  #trim() {
    while (this.#frames.length > 2 && (this.#weight > this.most || this.end - this.#entries[perFrame].at > this.span)) {
      const gone = this.#entries.splice(0, perFrame);
      for (const { message } of gone) this.#weight -= weight(message);
      this.#forgotten = gone.at(-1).told;
      this.#frames.shift();
      this.first += perFrame;
    }
  }
}

/** @returns {Frame} */
const blank = () => ({ next: 0, views: new Map(), head: {}, flows: [], problems: [] });

/** @param {Frame} frame */
const copy = (frame) => ({ ...frame, views: new Map(frame.views) });

function takeIn(frame, message) {
  for (const id of message.gone ?? []) frame.views.delete(id);
  for (const view of message.peers ?? []) frame.views.set(view.id, view);
  const { seq, ring = frame.head.ring, lab = frame.head.lab, well_formed, problem, replicated } = message;
  frame.head = { ring, lab, seq, well_formed, problem, replicated };
  frame.flows = message.flows ?? frame.flows;
  frame.problems = message.problems ?? frame.problems;
  frame.next++;
}

function difference(frame, snapshot) {
  const present = new Set(snapshot.peers.map((view) => view.id));
  const gone = [...frame.views.keys()].filter((id) => !present.has(id));
  return { ...snapshot, type: "delta", gone, events: [] };
}

const weight = (message) => 1 + (message.peers?.length ?? 0) + (message.events?.length ?? 0);
