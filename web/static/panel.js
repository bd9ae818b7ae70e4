// The panel: what the selected peer knows of itself.

import { share } from "./circle.js";
import { fraction } from "./state.js";
import { around, brief, count, fill, focusedIn, make, number, pairs } from "./words.js";

/** Panel keeps element in step with the selected peer and speaks it in announce. */
export class Panel {
  #shown = "";

  constructor(element, announce, ring, selection) {
    this.element = element;
    this.announce = announce;
    this.ring = ring;
    this.selection = selection;
    ring.addEventListener("change", () => this.#show());
    selection.addEventListener("change", ({ detail }) => {
      if (detail !== "selected") return;
      this.#show();
      this.#speak();
    });
    element.addEventListener("click", (event) => this.#follow(event));
    this.#show();
  }

  // The content is rebuilt only if it differs: a rebuild takes away a text
  // selection, and would take the focus.
  #show() {
    const { selected } = this.selection;
    const peer = this.ring.state.peers.get(selected);
    const now = JSON.stringify([selected, peer, peer && this.#strangers(peer)]);
    if (now === this.#shown) return;
    this.#shown = now;
    const focused = focusedIn(this.element)?.dataset.name;
    fill(this.element, ...(peer ? this.#describe(peer) : [this.#nobody(selected)]));
    if (focused) this.element.querySelector(`[data-name="${focused}"]`)?.focus();
  }

  #strangers(peer) {
    return [peer.pred, ...peer.succ, ...peer.fingers].filter((id) => !this.ring.state.peers.has(id));
  }

  #nobody(selected) {
    const text = selected
      ? `The peer ${brief(selected)} is no longer in the ring.`
      : "Choose a peer on the ring to see its neighbours and what it holds.";
    return make("p", { className: "soft" }, text);
  }

  #describe(peer) {
    return [
      make("div", { className: "peer-head" }, make("strong", { className: "code" }, brief(peer.id)), ...states(peer)),
      numbers(peer),
      make("h3", {}, "Peer ID"),
      identity(peer),
      make("h3", {}, "Predecessor"),
      peer.pred ? this.#chips("pred", [peer.pred]) : make("p", { className: "soft" }, "not known yet"),
      make("h3", {}, "Successors"),
      this.#chips("succ", peer.succ),
      make("h3", {}, "Fingers"),
      this.#chips("finger", peer.fingers),
    ];
  }

  #chips(role, ids) {
    if (ids.length === 0) return make("p", { className: "soft" }, "none");
    return make("ol", { className: `chips ${role}` }, ...ids.map((id, i) => make("li", {}, this.#chip(`${role}-${i}`, id))));
  }

  #chip(name, id) {
    const known = this.ring.state.peers.has(id);
    const chip = make("button", { type: "button", className: known ? "chip" : "chip gone" }, brief(id));
    chip.title = known ? "Select this peer" : "No longer seen in the ring";
    chip.dataset.name = name;
    chip.dataset.peer = id;
    return chip;
  }

  #follow(event) {
    const { peer } = around(event, "[data-peer]")?.dataset ?? {};
    if (peer) this.selection.select(peer);
    if (around(event, ".copy")) copy(this.element);
  }

  #speak() {
    const { selected } = this.selection;
    const peer = this.ring.state.peers.get(selected);
    if (!peer) return fill(this.announce);
    const place = this.ring.state.order.findIndex((other) => other.id === selected) + 1;
    const state = peer.paused ? "paused" : peer.replicated ? "replicated" : "under-replicated";
    this.announce.textContent =
      `Peer ${brief(selected)}, ${place} of ${this.ring.state.order.length}, ` +
      `${count(peer.keys, "key")}, ${count(peer.records, "record")}, ${state}.`;
  }
}

function states(peer) {
  const tag = (text, verdict) => {
    const element = make("span", { className: "verdict" }, text);
    element.dataset.verdict = verdict;
    return element;
  };
  if (peer.paused) return [tag("Paused: as it was before", "wait")];
  if (!peer.member) return [tag("Joining", "wait")];
  const replicated = peer.replicated ? tag("Replicated", "good") : tag("Under-replicated", "wait");
  replicated.classList.add("when-stored");
  return [replicated];
}

function numbers(peer) {
  const arc = peer.pred ? `${(100 * share(fraction(peer.pred), peer.at)).toFixed(2)} %` : "–";
  const facts = [
    ["Keys", number(peer.keys)],
    ["Records", number(peer.records)],
    ["Known peers", number(peer.known)],
    ["Of the circle", arc],
  ];
  return pairs("numbers", facts);
}

function identity(peer) {
  const button = make("button", { type: "button", className: "quiet copy" }, "Copy");
  button.dataset.name = "copy";
  return make("div", { className: "identity" }, make("code", { id: "peer-id" }, peer.peer), button);
}

// Without a secure context there is no clipboard: then the ID is at least
// selected for the viewer to copy.
async function copy(panel) {
  const [id, button] = [panel.querySelector("#peer-id"), panel.querySelector(".copy")];
  try {
    await navigator.clipboard.writeText(id.textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(id);
    button.textContent = "Press Ctrl+C";
  }
}
