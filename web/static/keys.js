// The key box: put, get, delete and lookup, and what came of them.

import * as api from "./api.js";
import { textOf } from "./reading.js";
import { bytesOf, failure, largeResult, readResult, routeResult, writeResult } from "./results.js";
import { takesPart } from "./rings.js";
import { pathOf } from "./route.js";
import { shortID } from "./state.js";
import { fill, make } from "./words.js";

/** KeyBox runs one operation at a time and draws where it went. */
export class KeyBox {
  #self = ""; // id of the peer that serves the page, when it is not a testnet
  #busy = false;
  /** @type {{key: string, version: string}} */
  #read = null; // what was read last: a write may depend on it

  constructor(page, ring, selection) {
    this.page = page;
    this.ring = ring;
    this.selection = selection;
    const wire = (button, run) => button.addEventListener("click", (event) => this.#start(event, run));
    wire(page.put, () => this.#put());
    wire(page.get, () => this.#get({}));
    wire(page.lookup, () => this.#lookup());
    wire(page.delete, () => this.#delete());
    wire(page.touch, () => this.#touch());
    page.key.addEventListener("input", () => this.#condition());
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

  /** open reads a key, if the box holds it as it is: it keeps no line breaks. */
  open(key) {
    this.page.key.value = key;
    if (this.page.key.value === key) {
      this.page.get.click();
      return;
    }
    this.page.key.value = "";
    this.#condition();
    this.#show(...failure(new api.APIError("usage", `The key ${JSON.stringify(key)} has line breaks, which do not fit into the box; use the command line.`)));
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
      this.#show(...failure(err), ...this.#conflict(err));
    }
    this.#occupy(false);
    this.#condition();
  }

  async #put() {
    const { key, value } = this.page;
    return this.#wrote("Stored", await api.put(key.value, value.value, { ...this.#terms(), ttl: this.page.ttl.value.trim() }));
  }

  async #delete() {
    return this.#wrote("Deleted", await api.remove(this.page.key.value, this.#terms()));
  }

  async #touch() {
    return this.#wrote("Renewed", await api.touch(this.page.key.value, { ...this.#terms(), ttl: this.page.ttl.value.trim() }));
  }

  // What was written is what a next write would replace.
  #wrote(title, receipt) {
    this.#read = title === "Deleted" ? null : { key: this.page.key.value, version: receipt.version };
    const replicas = (receipt.replicas ?? []).map((contact) => shortID(contact.id));
    this.selection.show({ entry: "", hops: [], owner: "", replicas, at: null, startedAt: 0 });
    return writeResult(title, receipt);
  }

  async #get(options) {
    const key = this.page.key.value;
    const answer = await api.get(key, { via: this.#via(), ...options });
    this.#read = { key, version: answer.version };
    if (answer.href) {
      this.selection.show(null);
      return largeResult(answer);
    }
    const replicas = (answer.replies ?? []).map((reply) => shortID(reply.id));
    this.selection.show({ entry: "", hops: [], owner: "", replicas, at: null, startedAt: 0 });
    return [...readResult(answer), this.#next(answer)];
  }

  // What one may want to do with a value that was read.
  #next(answer) {
    const text = textOf(bytesOf(answer));
    const edit = make("button", { type: "button", id: "edit", disabled: text === null, title: text === null ? "Only text can be edited here" : "" }, "Edit");
    edit.addEventListener("click", () => {
      this.page.value.value = text;
      this.page.unchanged.checked = true;
      this.page.value.focus();
    });
    const compare = make("button", { type: "button", id: "compare", title: "Read it from all of its replicas, and mend those that differ" }, "Ask all replicas");
    compare.addEventListener("click", (event) => this.#start(event, () => this.#get({ r: "all" })));
    return make("div", { className: "buttons two" }, edit, compare);
  }

  // Nothing was overwritten: the viewer sees what is there now, and keeps the own text.
  #conflict(err) {
    if (err.code !== "conflict") return [];
    const again = make("button", { type: "button", id: "see-other" }, "Read what is there now");
    again.addEventListener("click", (event) => this.#start(event, () => this.#get({})));
    return [make("p", {}, "Nothing was overwritten, and your text is still above."), again];
  }

  async #lookup() {
    // The answer does not say where the lookup entered, so that is chosen here.
    const via = this.#via() || this.#anyMember();
    const route = await api.lookup(this.page.key.value, via);
    const entry = via ? this.#idOf(via) : this.#self;
    this.selection.show(pathOf(route, entry));
    return routeResult(route, entry);
  }

  #terms() {
    const bound = this.#applies() && this.page.unchanged.checked;
    return { via: this.#via(), if_version: bound ? this.#read.version : "" };
  }

  #applies() {
    return this.#read !== null && this.#read.key === this.page.key.value;
  }

  #condition() {
    this.page.unchangedRow.hidden = !this.#applies();
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
    const members = this.ring.state.order.filter(takesPart);
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
    for (const name of ["put", "get", "lookup", "delete", "touch"]) this.page[name].setAttribute("aria-disabled", busy);
  }
}
