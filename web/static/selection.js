// The selection: what the viewer looks at. The canvas, the panel and the key
// box all read it and none of them knows the others.

/** Selection emits "change" when the selected peer, the hovered one, or the path is another. */
export class Selection extends EventTarget {
  selected = ""; // id of a peer
  hovered = ""; // id of the peer under the pointer
  path = null; // the drawn lookup; see keys.js

  select(id) {
    this.#set("selected", id);
  }

  hover(id) {
    this.#set("hovered", id);
  }

  show(path) {
    this.#set("path", path);
  }

  clear() {
    this.select("");
    this.show(null);
  }

  #set(what, value) {
    if (this[what] === value) return;
    this[what] = value;
    this.dispatchEvent(new CustomEvent("change", { detail: what }));
  }
}
