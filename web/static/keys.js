// The key box: put, get, delete and lookup, and what came of them.

import * as api from "./api.js";
import { shortID } from "./state.js";
import { failure, readResult, routeResult, writeResult } from "./results.js";
import { pathOf } from "./route.js";
import { fill, make } from "./words.js";

/** KeyBox runs one operation at a time and draws where it went. */
export class KeyBox {
  #self = ""; // id of the peer that serves the page, when it is not a testnet
  #busy = false;

  constructor(page, ring, selection) {
    this.page = page;
    this.ring = ring;
    this.selection = selection;
    const wire = (button, run) => button.addEventListener("click", (event) => this.#start(event, run));
    wire(page.put, () => this.#put());
    wire(page.get, () => this.#get());
    wire(page.lookup, () => this.#lookup());
    wire(page.delete, () => this.#delete());
    page.key.addEventListener("keydown", (event) => this.#shortcut(event));
    page.value.addEventListener("keydown", (event) => this.#shortcut(event));
  }

  /** settle adapts the box to a testnet or a single peer, once the stream says which. */
  async settle() {
    this.page.viaRow.hidden = !this.ring.state.lab;
    if (this.ring.state.lab || this.ring.state.recorded) return;
    const info = await api.self().catch(() => null);
    this.#self = shortID(info?.id);
  }

  async #start(event, run) {
    event.preventDefault();
    if (this.#busy) return;
    this.#show(make("p", { className: "soft" }, "Asking the ring…"));
    this.#occupy(true);
    try {
      this.#show(...(await run()));
    } catch (err) {
      this.selection.show(null);
      this.#show(...failure(err));
    }
    this.#occupy(false);
  }

  async #put() {
    const { key, value } = this.page;
    const receipt = await api.put(key.value, value.value, this.#via());
    this.#drawWrite(receipt);
    return writeResult("Stored", receipt);
  }

  async #get() {
    const answer = await api.get(this.page.key.value, this.#via());
    this.selection.show(null);
    return readResult(answer);
  }

  async #delete() {
    const receipt = await api.remove(this.page.key.value, this.#via());
    this.#drawWrite(receipt);
    return writeResult("Deleted", receipt);
  }

  async #lookup() {
    // The answer does not say where the lookup entered, so that is chosen here.
    const via = this.#via() || this.#anyMember();
    const route = await api.lookup(this.page.key.value, via);
    const entry = via ? this.#idOf(via) : this.#self;
    this.selection.show(pathOf(route, entry));
    return routeResult(route, entry, this.ring.state);
  }

  #drawWrite(receipt) {
    const replicas = (receipt.replicas ?? []).map((contact) => shortID(contact.id));
    this.selection.show({ entry: "", hops: [], owner: "", replicas, at: null, startedAt: 0 });
  }

  // Only a testnet has more than one peer to enter at.
  #via() {
    if (!this.ring.state.lab || this.page.via.value !== "selected") return "";
    const peer = this.ring.state.peers.get(this.selection.selected);
    if (!peer) throw new api.APIError("usage", "Select a peer on the ring first, or let the request enter at a random one.");
    return peer.peer;
  }

  #anyMember() {
    if (!this.ring.state.lab) return "";
    const members = this.ring.state.order.filter((peer) => peer.member);
    return members[Math.floor(Math.random() * members.length)]?.peer ?? "";
  }

  #idOf(via) {
    return this.ring.state.order.find((peer) => peer.peer === via)?.id ?? "";
  }

  #shortcut(event) {
    if (event.key !== "Enter" || event.isComposing) return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      this.page.put.click();
    } else if (event.shiftKey && event.target === this.page.key) {
      event.preventDefault();
      this.page.lookup.click();
    }
  }

  #show(...content) {
    fill(this.page.result, ...content);
    this.page.result.scrollIntoView({ block: "nearest" });
  }

  #occupy(busy) {
    this.#busy = busy;
    for (const name of ["put", "get", "lookup", "delete"]) this.page[name].setAttribute("aria-disabled", busy);
  }
}
