// The question what would be lost if the marked peers died.

import * as api from "./api.js";
import { fateAt, losses } from "./whatif.js";
import { brief, count, fill, make } from "./words.js";

const perPage = 1000;
const pages = 10; // keys beyond these are not named
const named = 12;

/** Doom shows what the loss of the marked peers would cost. */
export class Doom {
  #replicas = 0; // of a key; 0 until it is known
  #asking = false;

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
    if (this.#asking) return;
    this.#asking = true;
    const info = await api.self().catch(() => null);
    this.#replicas = info?.quorums?.replicas ?? 0;
    this.#asking = false;
    if (this.#replicas) this.#show();
  }

  #show() {
    const { page, ring, selection } = this;
    const { doomed, selected } = selection;
    page.mark.disabled = !ring.state.peers.has(selected);
    page.mark.textContent = doomed.has(selected) ? "Spare the selected peer" : "Mark the selected peer";
    page.none.hidden = page.name.hidden = doomed.size === 0;
    if (doomed.size === 0) {
      fill(page.answer, "Mark peers, here, with X, or by a click with Shift: what would be lost if they died at once?");
      fill(page.keys);
      return;
    }
    if (this.#replicas === 0) {
      this.#learn();
      return;
    }
    fill(page.answer, ...this.#answer());
  }

  #answer() {
    const { doomed } = this.selection;
    const present = [...doomed].filter((id) => this.ring.state.peers.has(id));
    const { lost, short, arcs } = losses(this.ring.state, new Set(present), this.#replicas);
    const fate = make("strong", { className: "verdict" }, lost > 0 ? `${count(lost, "key")} lost` : arcs > 0 ? "No key lost, as the arcs are empty" : "No key lost");
    fate.dataset.verdict = lost > 0 ? "bad" : "good";
    const names = present.map(brief).slice(0, 8).join(", ");
    return [
      make("p", {}, `If ${present.length === 1 ? "this peer" : `these ${present.length}`} died (${names}${present.length > 8 ? "…" : ""}):`),
      make("p", {}, fate, `, ${count(short, "key")} short of replicas.`),
    ];
  }

  // Where a key lies is computed from its name.
  async #name() {
    const { page, selection, ring } = this;
    fill(page.keys, "Listing the keys…");
    const fates = { lost: [], short: [] };
    try {
      for await (const key of allKeys()) {
        const fate = fateAt(ring.state, selection.doomed, this.#replicas, await position(key));
        fates[fate]?.push(key);
      }
      fill(page.keys, list("Lost", fates.lost), list("Short of replicas", fates.short));
    } catch (err) {
      fill(page.keys, err.message);
    }
  }
}

async function* allKeys() {
  let after = "";
  for (let i = 0; i < pages; i++) {
    const page = await api.list("", after, perPage);
    for (const item of page.keys) yield item.key ?? item.key_base64;
    if (!page.next) return;
    after = page.next;
  }
}

async function position(key) {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key));
  return Array.from(new Uint8Array(hash).subarray(0, 8), (b) => b.toString(16).padStart(2, "0")).join("");
}

function list(title, keys) {
  const more = keys.length > named ? [make("li", { className: "soft" }, `and ${keys.length - named} more`)] : [];
  return make("div", {}, make("h3", {}, `${title}: ${keys.length}`), make("ul", { className: "names" }, ...keys.slice(0, named).map((key) => make("li", { className: "code" }, key)), ...more));
}
