// The question what would be lost if the marked peers died.

import * as api from "./api.js";
import { losses, oracle, positionOf } from "./whatif.js";
import { brief, count, fill, make, write } from "./words.js";

const perPage = 1000;
const pages = 10; // keys beyond these are not named
const named = 12;

/** Doom shows what the loss of the marked peers would cost. */
export class Doom {
  #replicas = 0; // of a key; 0 until it is known
  #asking = false;
  #shown = null; // what the answer is about

  constructor(page, ring, selection) {
    this.page = page;
    this.ring = ring;
    this.selection = selection;
    page.mark.addEventListener("click", () => selection.doom(selection.selected));
    page.none.addEventListener("click", () => selection.spare());
    page.name.addEventListener("click", () => this.#name());
    ring.addEventListener("change", () => this.#show());
    selection.addEventListener("change", () => this.#show());
  }

  async #learn() {
    if (this.#asking || this.ring.state.recorded) return;
    this.#asking = true;
    const info = await api.self().catch(() => null);
    this.#replicas = info?.quorums?.replicas ?? 0;
    this.#asking = false;
    if (this.#replicas) this.#show();
  }

  // An answer that says the same stays, since it is spoken whenever it is set.
  #show() {
    const { page, ring, selection } = this;
    const { doomed, selected } = selection;
    page.mark.disabled = !ring.state.peers.has(selected);
    write(page.mark, doomed.has(selected) ? "Spare the selected peer" : "Mark the selected peer");
    page.none.hidden = page.name.hidden = doomed.size === 0;
    if (doomed.size > 0 && this.#replicas === 0) {
      this.#learn();
      return;
    }
    const present = [...doomed].filter((id) => ring.state.peers.has(id));
    const cost = doomed.size > 0 ? losses(ring.state, new Set(present), this.#replicas) : null;
    const now = JSON.stringify([present, cost]);
    if (now === this.#shown) return;
    this.#shown = now;
    fill(page.answer, ...(cost ? answer(present, cost) : [question]));
    if (!cost) fill(page.keys);
  }

  // Where a key lies is computed from its name.
  async #name() {
    const { page, selection, ring } = this;
    fill(page.keys, "Listing the keys…");
    const fates = { lost: [], short: [] };
    const fateAt = oracle(ring.state, selection.doomed, this.#replicas);
    try {
      for await (const item of allKeys()) {
        fates[fateAt(await positionOf(item))]?.push(item.key ?? `base64 ${item.key_base64}`);
      }
      fill(page.keys, list("Lost", fates.lost), list("Short of replicas", fates.short));
    } catch (err) {
      fill(page.keys, err.message);
    }
  }
}

const question = "Mark peers, here, with X, or by a click with Shift: what would be lost if they died at once?";

function answer(present, { lost, short, arcs }) {
  const fate = make("strong", { className: "verdict" }, lost > 0 ? `${count(lost, "key")} lost` : arcs > 0 ? "No key lost, as the arcs are empty" : "No key lost");
  fate.dataset.verdict = lost > 0 ? "bad" : "good";
  const names = present.map(brief).slice(0, 8).join(", ");
  return [
    make("p", {}, `If ${present.length === 1 ? "this peer" : `these ${present.length}`} died (${names}${present.length > 8 ? "…" : ""}):`),
    make("p", {}, fate, `, ${count(short, "key")} short of replicas.`),
  ];
}

async function* allKeys() {
  let after = "";
  for (let i = 0; i < pages; i++) {
    const page = await api.list("", after, perPage);
    yield* page.keys;
    if (!page.next) return;
    after = page.next;
  }
}

function list(title, keys) {
  const more = keys.length > named ? [make("li", { className: "soft" }, `and ${keys.length - named} more`)] : [];
  return make("div", {}, make("h3", {}, `${title}: ${keys.length}`), make("ul", { className: "names" }, ...keys.slice(0, named).map((key) => make("li", { className: "code" }, key)), ...more));
}
