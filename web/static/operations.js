// The operations: lookups and writes that passed by, to filter and to watch again.

import { shortID } from "./state.js";
import { routeResult } from "./results.js";
import { pathOf } from "./route.js";
import { brief, clock, count, fill, keep, make, millis } from "./words.js";

/** @import { Happening } from "./types.js" */

const rows = 100; // shown at most

/** Operations lists what the state remembers of them. */
export class Operations {
  #rows = new Map(); // event -> its row
  #asked = false;
  /** @type {Happening} */
  #chosen = null;

  constructor(page, ring, selection) {
    this.page = page;
    this.ring = ring;
    this.selection = selection;
    ring.addEventListener("change", () => this.#ask());
    for (const filter of [page.kind, page.text]) filter.addEventListener("input", () => this.#draw());
    selection.addEventListener("change", ({ detail }) => detail === "path" && this.#describe());
    this.#draw();
  }

  /** watch draws a lookup again, from its first hop. */
  watch(event) {
    this.#chosen = event;
    this.selection.show(pathOf(event.route, shortID(event.peer?.id)));
  }

  #ask() {
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      this.#asked = false;
      this.#draw();
    });
  }

  #draw() {
    const { kind, text, list, empty } = this.page;
    const found = filtered(this.ring.state.operations, kind.value, text.value).slice(0, rows);
    keep(list, this.#rows, found, (event) => this.#row(event));
    empty.hidden = found.length > 0;
  }

  #row(event) {
    const time = make("time", {}, clock(new Date(event.time)));
    const item = make("li", {}, time, make("span", {}, ...this.#said(event)));
    item.dataset.kind = event.kind;
    return item;
  }

  #said(event) {
    const at = peerButton(event.peer);
    if (event.kind === "stored") return ["write ", make("code", {}, event.text ?? ""), " at ", at, ` on ${count(event.count ?? 0, "replica")}`];
    const again = make("button", { type: "button", className: "name", title: "Watch this lookup" }, `${count(event.route?.hops?.length ?? 0, "hop")}, ${millis(event.route?.ms ?? 0)}`);
    again.addEventListener("click", () => this.watch(event));
    return ["lookup ", make("code", {}, event.text ?? ""), " at ", at, " ", again];
  }

  // The chosen lookup stands above the list for as long as it is drawn.
  #describe() {
    const { path } = this.selection;
    const ours = path && path.route && path.route === this.#chosen?.route;
    fill(this.page.chosen, ...(ours ? routeResult(path.route, path.entry) : []));
  }
}

// filtered are the operations of a kind ("" for all) that have a text in them.
function filtered(operations, kind, text) {
  const wanted = text.trim().toLowerCase();
  const fits = (event) => `${event.text ?? ""} ${event.peer?.id ?? ""} ${event.route?.owner?.id ?? ""}`.toLowerCase().includes(wanted);
  return operations.filter((event) => (!kind || event.kind === kind || kind === "troubled" && troubled(event)) && fits(event));
}

const troubled = (event) => event.route?.hops?.some((hop) => hop.failed);

function peerButton(contact) {
  const button = make("button", { type: "button", className: "name" }, brief(contact?.id));
  button.dataset.peer = shortID(contact?.id);
  return button;
}
