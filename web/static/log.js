// The log of events, newest first. Events can come in floods, so rows are
// added once a frame and only so many are kept.

import { shortID } from "./ring.js";
import { brief, count, fill, make, number, span } from "./words.js";

const kept = 400; // events remembered
const rows = 150; // of these, shown

const sentences = {
  started: "serves",
  joined: "joined the ring",
  met: "met",
  successor: "has the successor",
  predecessor: "has the predecessor",
  suspected: "suspects",
  dead: "gave up",
  departed: "heard the goodbye of",
  left: "left the ring",
  killed: "was killed",
  reconciled: "agrees with its replicas",
  stored: "stored a write",
  lookup: "answered a lookup",
  rejected: "rejected bytes from",
  failed: "had a failure",
};

// Of recordings only, so that the others are not asked about them.
const recorded = { fault: "Fault:", violation: "Violation:", missed: "Not recorded:" };

// Hidden until asked for: on a large ring they would drown the rest.
const noisy = new Set(["successor", "predecessor", "met"]);

/** Log shows events and lets the viewer choose the kinds. */
export class Log {
  #events = []; // newest first
  #fresh = 0; // how many of them have no row yet
  #hidden = new Set(noisy);
  #chips = new Map(); // kind -> its button
  #counts = new Map();
  #start = null; // of a recording, from which its times are counted

  /** showRoute is called with the event of a lookup that is to be drawn. */
  constructor(page, showRoute) {
    this.page = page;
    this.showRoute = showRoute;
    for (const kind of Object.keys(sentences)) this.#offer(kind);
    page.clear.addEventListener("click", () => this.#clear());
    this.#rebuild();
  }

  /** add takes the events of one message, oldest first; more counts, by kind, those that were left out. */
  add(events, more = {}) {
    if (!events?.length) return;
    if (this.#fresh === 0) requestAnimationFrame(() => this.#draw());
    for (const { kind } of events) this.#tally(kind, 1);
    for (const [kind, n] of Object.entries(more)) this.#tally(kind, n);
    this.#events = [...events.slice(-kept).reverse(), ...this.#events].slice(0, kept);
    this.#fresh = Math.min(kept, this.#fresh + events.length);
  }

  /** reset shows other events instead, oldest first: those before a moment of a recording. */
  reset(events = []) {
    this.#events = events.slice(-kept).reverse();
    this.#counts.clear();
    for (const { kind } of this.#events) this.#tally(kind, 1);
    this.#rebuild();
  }

  /** countFrom shows times as the time since start, in milliseconds. */
  countFrom(start) {
    this.#start = start;
    this.#rebuild();
  }

  #tally(kind, n) {
    this.#offer(kind);
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + n);
  }

  #offer(kind) {
    if (this.#chips.has(kind)) return;
    const chip = make("button", { type: "button", className: "chip kind" });
    chip.addEventListener("click", () => this.#toggle(kind));
    this.#chips.set(kind, chip);
    this.page.kinds.append(chip);
  }

  #toggle(kind) {
    if (!this.#hidden.delete(kind)) this.#hidden.add(kind);
    this.#rebuild();
  }

  #clear() {
    this.#events = [];
    this.#counts.clear();
    this.#rebuild();
  }

  #rebuild() {
    fill(this.page.list);
    this.#fresh = this.#events.length;
    this.#draw();
  }

  // Rows that are there stay as they are: one may have the focus, or be in
  // the middle of being read.
  #draw() {
    const { list, empty } = this.page;
    const fresh = this.#events.slice(0, this.#fresh).filter((event) => !this.#hidden.has(event.kind));
    this.#fresh = 0;
    list.prepend(...fresh.slice(0, rows).map((event) => this.#row(event)));
    while (list.childElementCount > rows) list.lastElementChild.remove();
    empty.hidden = list.childElementCount > 0;
    empty.textContent = this.#events.length > 0 ? "No event of the chosen kinds." : "Nothing has happened yet.";
    this.#count();
  }

  #row(event) {
    const time = make("time", {}, this.#clock(event.time));
    const saysItself = event.kind in recorded && event.peer?.peer;
    const said = make("span", {}, saysItself ? "" : ` ${sentences[event.kind] ?? recorded[event.kind] ?? event.kind} `);
    if (event.peer?.peer) said.prepend(name(event.peer));
    if (event.about?.peer) said.append(name(event.about));
    const times = event.count ? count(event.count, noun(event.kind)) : "";
    const details = [event.route ? "" : times, event.text ?? ""].filter(Boolean).join(", ");
    if (event.route) said.append(" ", this.#routeButton(event, times || "0 hops"));
    if (details) said.append(make("span", { className: "soft" }, ` ${details}`));
    const item = make("li", {}, time, said);
    item.dataset.kind = event.kind;
    return item;
  }

  #routeButton(event, text) {
    const button = make("button", { type: "button", className: "name", title: "Draw this lookup" }, text);
    button.addEventListener("click", () => this.showRoute(event));
    return button;
  }

  #clock(time) {
    const date = new Date(time);
    if (Number.isNaN(date.getTime())) return "";
    return this.#start === null ? date.toLocaleTimeString("en-GB") : span((date.getTime() - this.#start) / 1000);
  }

  #count() {
    for (const [kind, chip] of this.#chips) {
      chip.textContent = `${kind} ${number(this.#counts.get(kind) ?? 0)}`;
      chip.setAttribute("aria-pressed", !this.#hidden.has(kind));
    }
    const total = this.#chips.size;
    this.page.summary.textContent = `Kinds: ${total - this.#hidden.size} of ${total} shown`;
  }
}

const noun = (kind) =>
  ({ lookup: "hop", reconciled: "moved record", stored: "replica", missed: "event" })[kind] ?? "time";

function name(contact) {
  const element = make("button", { type: "button", className: "name" }, brief(contact?.id));
  element.dataset.peer = shortID(contact?.id);
  return element;
}
