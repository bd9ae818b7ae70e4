// The table: the same facts as the ring, for who cannot or will not see it.

import { share } from "./circle.js";
import { fraction } from "./state.js";
import { around, brief, fill, keep, make, number, write } from "./words.js";

const perPage = 100;

const columns = [
  { name: "Position", of: (peer) => peer.id, text: (peer) => brief(peer.id) },
  { name: "State", of: stateOf, text: stateOf },
  { name: "Keys", of: (peer) => peer.keys, text: (peer) => number(peer.keys), numeric: true },
  { name: "Records", of: (peer) => peer.records, text: (peer) => number(peer.records), numeric: true },
  { name: "Of the circle", of: arcOf, text: (peer) => `${(100 * arcOf(peer)).toFixed(2)} %`, numeric: true },
  { name: "Predecessor", of: (peer) => peer.pred, text: (peer) => brief(peer.pred) || "–" },
  { name: "Successor", of: (peer) => peer.succ[0] ?? "", text: (peer) => brief(peer.succ[0]) || "–" },
  { name: "Known", of: (peer) => peer.known, text: (peer) => number(peer.known), numeric: true },
];

/** Table lists the peers, sorted by any column. */
export class Table {
  #by = columns[0];
  #down = false;
  #page = 0;
  #rows = new Map(); // id -> the row of the peer
  #asked = false;

  constructor(page, ring, selection) {
    this.page = page;
    this.ring = ring;
    this.selection = selection;
    ring.addEventListener("change", () => this.#ask());
    selection.addEventListener("change", () => this.#ask());
    page.back.addEventListener("click", () => this.#turn(-1));
    page.next.addEventListener("click", () => this.#turn(1));
    page.body.addEventListener("click", (event) => {
      const { peer } = around(event, "[data-peer]")?.dataset ?? {};
      if (peer) selection.select(peer);
    });
    fill(page.head, make("tr", {}, ...columns.map((column) => this.#heading(column))));
  }

  #heading(column) {
    const button = make("button", { type: "button", className: "heading" }, column.name);
    button.addEventListener("click", () => this.#sort(column));
    return make("th", { scope: "col", className: column.numeric ? "numeric" : "" }, button);
  }

  #sort(column) {
    this.#down = column === this.#by ? !this.#down : Boolean(column.numeric);
    this.#by = column;
    this.#page = 0;
    this.show();
  }

  #turn(by) {
    this.#page += by;
    this.show();
  }

  #ask() {
    if (this.#asked || !this.page.body.checkVisibility()) return;
    this.#asked = true;
    setTimeout(() => {
      this.#asked = false;
      this.show();
    }, 500);
  }

  /** show draws the page of the table that is chosen; the row with the focus keeps it. */
  show() {
    const { page } = this;
    const peers = this.#sorted();
    const pages = Math.max(1, Math.ceil(peers.length / perPage));
    this.#page = Math.min(Math.max(0, this.#page), pages - 1);
    const focused = document.activeElement?.closest("#table-body [data-peer]")?.getAttribute("data-peer");
    const shown = peers.slice(this.#page * perPage, (this.#page + 1) * perPage);
    keep(page.body, this.#rows, shown.map((peer) => peer.id), row);
    for (const peer of shown) this.#update(this.#rows.get(peer.id), peer);
    if (focused) page.body.querySelector(`[data-peer="${focused}"]`)?.focus();
    for (const [i, th] of [...page.head.querySelectorAll("th")].entries()) {
      th.setAttribute("aria-sort", columns[i] !== this.#by ? "none" : this.#down ? "descending" : "ascending");
    }
    page.note.textContent = pages > 1 ? `Page ${this.#page + 1} of ${pages}` : "";
    page.back.hidden = page.next.hidden = pages === 1;
    page.back.disabled = this.#page === 0;
    page.next.disabled = this.#page === pages - 1;
  }

  #sorted() {
    const { of } = this.#by;
    const sign = this.#down ? -1 : 1;
    return [...this.ring.state.order].sort((a, b) => sign * (of(a) < of(b) ? -1 : of(a) > of(b) ? 1 : 0));
  }

  #update(row, peer) {
    columns.forEach((column, i) => i > 0 && write(row.children[i], column.text(peer)));
    if (peer.id === this.selection.selected) row.setAttribute("aria-selected", "true");
    else row.removeAttribute("aria-selected");
  }
}

function row(id) {
  const cells = columns.slice(1).map((column) => make("td", { className: column.numeric ? "numeric" : "" }));
  const name = make("button", { type: "button", className: "name" }, brief(id));
  name.dataset.peer = id;
  return make("tr", {}, make("th", { scope: "row" }, name), ...cells);
}

function stateOf(peer) {
  if (peer.paused) return "paused";
  if (!peer.member) return "joining";
  const where = peer.ring > 0 ? `, in ring ${peer.ring + 1}` : "";
  return (peer.replicated ? "replicated" : "under-replicated") + where;
}

function arcOf(peer) {
  return peer.pred ? share(fraction(peer.pred), peer.at) : 0;
}
