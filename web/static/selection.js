// The selection: what the viewer looks at. The canvas, the panel and the key
// box all read it and none of them knows the others.

/** Selection emits "change", with what has, when the viewer looks at something else. */
export class Selection extends EventTarget {
  selected = ""; // id of a peer
  hovered = ""; // id of the peer under the pointer
  /** @type {any} */
  path = null; // the drawn lookup; see route.js
  layer = "none"; // what the arcs tell: none, keys or replicas
  /** @type {ReadonlySet<string>} */
  marked = new Set(); // ids of peers that something else speaks of

  /** @type {ReadonlySet<string>} */
  doomed = new Set(); // ids of peers whose death is thought of

  select(id) {
    this.#set("selected", id);
  }

  hover(id) {
    this.#set("hovered", id);
  }

  show(path) {
    this.#set("path", path);
  }

  colour(layer) {
    this.#set("layer", layer);
  }

  /** doom marks a peer for the question what its death would cost, or spares it again. */
  doom(id) {
    if (!id) return;
    const doomed = new Set(this.doomed);
    if (!doomed.delete(id)) doomed.add(id);
    this.#set("doomed", doomed);
  }

  /** spare takes all those marks away. */
  spare() {
    this.#set("doomed", new Set());
  }

  /** mark highlights peers; none of them, and they are as before. */
  mark(ids) {
    this.#set("marked", new Set(ids));
  }

  clear() {
    this.select("");
    this.show(null);
    this.mark([]);
    this.spare();
  }

  #set(what, value) {
    if (this[what] === value) return;
    this[what] = value;
    this.dispatchEvent(new CustomEvent("change", { detail: what }));
  }
}
