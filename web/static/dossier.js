// The dossier: what a peer is as a process, beside its place on the ring. The server
// is asked for it, only while it is looked at, and only of what the server shows.

import * as api from "./api.js";
import { shortID } from "./state.js";
import { around, brief, bytes, clock, count, fill, keep, lasted, make, millis, number, pairs } from "./words.js";

/** @import { Happening } from "./types.js" */

const refresh = 2000; // milliseconds
const rows = 30; // events of the peer

/** Dossier shows the selected peer. */
export class Dossier {
  #asked = 0; // when, in milliseconds of the page
  #of = ""; // the peer that is shown
  #served = false; // at the time of what the server shows
  #told = -1; // events that are shown
  #rows = new Map(); // event -> its row

  /** served tells whether what is shown is what the server shows. */
  constructor(page, ring, selection, served) {
    this.page = page;
    this.ring = ring;
    this.selection = selection;
    this.served = served;
    ring.addEventListener("change", () => this.#show());
    selection.addEventListener("change", () => this.#show());
    page.events.addEventListener("click", (event) => {
      const { peer } = around(event, "[data-peer]")?.dataset ?? {};
      if (peer) selection.select(peer);
    });
  }

  #show() {
    const { selected } = this.selection;
    const peer = this.ring.state.peers.get(selected);
    if (selected !== this.#of || this.served() !== this.#served) {
      this.#of = selected;
      this.#served = this.served();
      this.#asked = 0;
      this.#told = -1;
      fill(this.page.facts);
      keep(this.page.events, this.#rows, [], null); // their rows speak of another peer
    }
    if (!this.page.facts.checkVisibility()) return;
    this.#list();
    if (peer && this.#served && performance.now() - this.#asked > refresh) this.#ask(peer);
  }

  async #ask(peer) {
    this.#asked = performance.now();
    try {
      const { peer: info, seen } = await api.member(peer.peer);
      if (this.#of === peer.id && this.#served && info) fill(this.page.facts, ...this.#describe(info, seen));
    } catch (err) {
      if (this.#of === peer.id && this.#served) fill(this.page.facts, make("p", { className: "soft" }, err.message));
    }
  }

  #describe(info, seen) {
    const { repair = {} } = info;
    const told = !this.ring.state.recorded; // recordings have no bytes
    const trip = this.#lastTrip(info.id);
    const facts = [
      ["Up for", info.started && !this.ring.state.recorded ? lasted(Date.now() - Date.parse(info.started)) : "–"],
      ["Version", info.version || "–"],
      ["Values", told ? bytes(info.bytes) : "–"],
      ["To hand over", count(repair.strays ?? 0, "record")],
      ["Last answer", trip ? `${millis(trip.ms)} to a lookup` : "–"],
      ["Seen", `${lasted(Date.now() - Date.parse(seen))} ago`],
    ];
    return [
      pairs("process", facts),
      ...(told ? sentOf(info.sent) : []),
      make("h3", {}, "Addresses"),
      info.addresses.length === 0 ? make("p", { className: "soft" }, "not known") : make("ul", { className: "addresses" }, ...info.addresses.map((a) => make("li", { className: "code" }, a))),
      make("h3", {}, "Repair"),
      ...repairOf(repair),
    ];
  }

  // The last hop of a lookup that it answered.
  #lastTrip(id) {
    for (const { route } of this.ring.state.operations) {
      const hop = route?.hops?.find((h) => h.id === id && !h.failed);
      if (hop) return hop;
    }
    return null;
  }

  #list() {
    const { told, events } = this.ring.state;
    if (told === this.#told) return;
    this.#told = told;
    const own = events.filter((event) => [event.peer, event.about].some((c) => c && shortID(c.id) === this.#of && this.#of));
    this.page.head.hidden = own.length === 0;
    keep(this.page.events, this.#rows, own.slice(0, rows), (event) => row(event, this.#of));
  }
}

const uses = { ring: "Ring", lookups: "Lookups, fingers", requests: "Reads, writes", repair: "Repair" };

function sentOf(sent) {
  return [make("h3", {}, "Sent"), pairs("process", Object.entries(uses).map(([use, name]) => [name, bytes(sent[use])]))];
}

function repairOf(repair) {
  const { transfer, reason } = repair;
  const facts = [
    repair.complete ? "Its answers count for every key of its arc." : "It does not have all of its arc yet.",
    ...(repair.damaged ? [`${count(repair.damaged, "record")} that its store could not give back.`] : []),
    ...(repair.paused ? ["Paused by its operator."] : []),
    ...(repair.rate ? [`At most ${bytes(repair.rate)} a second.`] : []),
    ...(reason ? [`The last round: ${reason}.`] : []),
  ];
  return [...facts.map((text) => make("p", { className: "fact" }, text)), ...(transfer ? [progress(transfer)] : [])];
}

function progress({ moved, left, bytes: size, waiting, with: other }) {
  const bar = make("progress", { max: Math.max(1, moved + left), value: moved });
  bar.setAttribute("aria-label", "Records moved");
  const text = `${number(moved)} of ${number(moved + left)} records, ${bytes(size)}, with ${brief(other?.id)}${waiting ? `; waits for ${waiting}` : ""}`;
  return make("div", { className: "transfer" }, bar, make("p", { className: "soft" }, text));
}

/** @param {Happening} event @param {string} of */
function row(event, of) {
  const other = shortID(event.peer?.id) === of ? event.about : event.peer;
  const item = make("li", {}, make("time", {}, clock(new Date(event.time))), make("span", {}, event.kind, " "));
  item.dataset.kind = event.kind;
  if (!other?.peer) return item;
  const name = make("button", { type: "button", className: "name" }, brief(other.id));
  name.dataset.peer = shortID(other.id);
  item.lastElementChild.append(name);
  return item;
}
