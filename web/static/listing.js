// The listing: the keys that begin with something, in the order of the ring.

import * as api from "./api.js";
import { bytes, count, fill, make, visible } from "./words.js";

const perPage = 50;

/** Listing shows keys page by page; open is called with one that is to be read. */
export class Listing {
  #prefix = "";
  #next = "";
  #keys = 0; // listed so far
  #turns = 0; // pages that were asked for

  constructor(page, open) {
    this.page = page;
    this.open = open;
    page.list.addEventListener("click", () => this.#begin());
    page.more.addEventListener("click", () => this.#turn());
  }

  #begin() {
    this.#prefix = this.page.key.value;
    this.#next = "";
    this.#keys = 0;
    fill(this.page.keys);
    this.#turn();
  }

  async #turn() {
    const { page } = this;
    const turn = ++this.#turns;
    page.note.textContent = "Asking the ring…";
    try {
      const { keys, next } = await api.list(this.#prefix, this.#next, perPage);
      if (turn !== this.#turns) return; // another page was asked for meanwhile, or this one again
      this.#next = next ?? "";
      this.#keys += keys.length;
      page.keys.append(...keys.map((item) => this.#row(item)));
      page.note.textContent = this.#said();
    } catch (err) {
      if (turn === this.#turns) page.note.textContent = err.message;
    }
    page.more.hidden = !this.#next;
  }

  #said() {
    const what = this.#prefix ? ` that ${this.#keys === 1 ? "begins" : "begin"} with “${this.#prefix}”` : "";
    return `${this.#next ? "The first " : ""}${count(this.#keys, "key")}${what}`;
  }

  // A key that is no text can be seen here, and read by the command line.
  #row({ key, key_base64: raw, size, version }) {
    const name = key === undefined
      ? make("span", { className: "code soft", title: "This key is no text: use the command line" }, `base64 ${raw}`)
      : make("button", { type: "button", className: "name", title: `Version ${version}` }, key === "" ? "(empty)" : visible(key));
    if (key !== undefined) name.addEventListener("click", () => this.open(key));
    return make("li", {}, name, make("span", { className: "soft" }, bytes(size ?? 0)));
  }
}
