// The log of events, newest first. Events can come in floods, so rows are
// added once a frame and only so many are kept.

import { shortID } from "./state.js";
import { brief, clock, count, fill, make, number, span } from "./words.js";

const rows = 150; // shown at most

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
  paused: "was paused",
  resumed: "was resumed",
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

/** Log shows the events of the state and lets the viewer choose the kinds. */
export class Log {
  #drawn = 0; // events so far that have a row, or were left out
  #cleared = 0; // events so far when the viewer cleared the log
  #before = new Map(); // their counts by kind
  #jumps = 0;
  #asked = false;
  #hidden = new Set(noisy);
  #chips = new Map(); // kind -> its button
  #start = null; // of a recording, from which its times are counted

  /** showRoute is called with the event of a lookup that is to be drawn. */
  constructor(page, ring, showRoute) {
    this.page = page;
    this.ring = ring;
    this.showRoute = showRoute;
    for (const kind of Object.keys(sentences)) this.#offer(kind);
    page.clear.addEventListener("click", () => this.#clear());
    ring.addEventListener("change", () => this.#ask());
    this.#rebuild();
  }

  /** countFrom shows times as the time since start, in milliseconds; null is the time of day. */
  countFrom(start) {
    this.#start = start;
    this.#rebuild();
  }

  #ask() {
    if (this.#asked || (this.#jumps === this.ring.state.jumps && this.#drawn === this.ring.state.told)) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      this.#asked = false;
      this.#draw();
    });
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
    this.#cleared = this.ring.state.told;
    this.#before = new Map(this.ring.state.counts);
    this.#rebuild();
  }

  #rebuild() {
    fill(this.page.list);
    this.#drawn = this.#cleared;
    this.#draw();
  }

  // At another time nothing is as it was.
  #follow() {
    const { jumps } = this.ring.state;
    if (jumps === this.#jumps) return;
    this.#jumps = jumps;
    this.#cleared = this.#drawn = 0;
    this.#before.clear();
    fill(this.page.list);
  }

  // Rows that are there stay as they are: one may have the focus, or be in
  // the middle of being read.
  #draw() {
    this.#follow();
    const { list, empty } = this.page;
    const { events, told, counts } = this.ring.state;
    const fresh = events.slice(0, told - this.#drawn).filter((event) => !this.#hidden.has(event.kind));
    this.#drawn = told;
    for (const kind of counts.keys()) this.#offer(kind);
    list.prepend(...fresh.slice(0, rows).map((event) => this.#row(event)));
    while (list.childElementCount > rows) list.lastElementChild.remove();
    empty.hidden = list.childElementCount > 0;
    empty.textContent = told > this.#cleared ? "No event of the chosen kinds." : "Nothing has happened yet.";
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
    return this.#start === null ? clock(date) : span((date.getTime() - this.#start) / 1000);
  }

  #count() {
    for (const [kind, chip] of this.#chips) {
      chip.textContent = `${kind} ${number((this.ring.state.counts.get(kind) ?? 0) - (this.#before.get(kind) ?? 0))}`;
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
