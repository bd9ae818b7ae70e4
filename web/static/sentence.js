// The sentence in the middle of the ring, whose reasons lead to the peers. Where the
// middle has no room for it, it stands below.

import { fit } from "./circle.js";
import { reasonsOf, verdictOf } from "./health.js";
import { hollow } from "./peers.js";
import { around, fill, focusedIn, make, write } from "./words.js";

const corner = 14; // pixels at each corner of the sentence in which nothing is written

/** Sentence shows the health of the ring. */
export class Sentence {
  #shown = "";
  #chosen = -1; // the reason whose peers are marked
  #placed = ""; // what the place was chosen for

  constructor(page, ring, selection) {
    this.page = page;
    this.ring = ring;
    this.selection = selection;
    ring.addEventListener("change", () => this.#show());
    const sizes = new ResizeObserver(() => this.#place());
    sizes.observe(page.health.parentElement);
    sizes.observe(page.health);
    this.canvas = page.health.parentElement.querySelector("canvas");
    new MutationObserver(() => this.#place()).observe(this.canvas, { attributeFilter: ["class"] });
    selection.addEventListener("change", ({ detail }) => {
      if (detail === "marked" && selection.marked.size === 0) this.#chosen = -1;
      if (detail === "marked") this.#press();
      if (detail === "path") this.#place();
    });
    page.reasons.addEventListener("click", (event) => {
      const { reason } = around(event, "[data-reason]")?.dataset ?? {};
      if (reason !== undefined) this.#choose(Number(reason));
    });
  }

  // Rows that say the same stay: one may have the focus.
  #show() {
    const { page, ring } = this;
    const reasons = reasonsOf(ring.state);
    page.health.hidden = ring.state.order.length === 0;
    write(page.verdict, verdictOf(ring.state));
    page.verdict.dataset.verdict = reasons.length === 0 ? "good" : ring.state.wellFormed ? "wait" : "bad";
    const now = JSON.stringify(reasons.map((reason) => reason.text));
    if (now !== this.#shown) this.#list(reasons);
    this.#shown = now;
    if (this.#chosen >= 0) this.selection.mark(reasons[this.#chosen]?.peers ?? []);
    this.#place();
  }

  // It goes below where it does not fit into the middle, beside the hops of a lookup, and
  // where the viewer has zoomed in.
  #place() {
    if (this.#look() === this.#placed) return;
    const { health } = this.page;
    health.classList.remove("below"); // where it takes room from the ring
    health.classList.toggle("below", Math.hypot(health.offsetWidth, health.offsetHeight) / 2 - corner > this.#room());
    health.parentElement.style.setProperty("--below", `${health.offsetHeight}px`);
    this.#placed = this.#look();
  }

  #room() {
    const { clientWidth, clientHeight } = this.page.health.parentElement;
    const filled = this.selection.path || this.canvas.classList.contains("zoomed");
    return filled ? 0 : hollow(fit(clientWidth, clientHeight), this.ring.state.rings);
  }

  // All that the place depends on, as it is.
  #look() {
    const { health, verdict } = this.page;
    return [this.#room(), verdict.textContent, this.#shown, health.offsetWidth, health.offsetHeight].join();
  }

  #list(reasons) {
    const focused = focusedIn(this.page.reasons)?.dataset.reason;
    fill(this.page.reasons, ...reasons.map((reason, i) => make("li", {}, row(reason, i))));
    if (focused) this.page.reasons.querySelector(`[data-reason="${focused}"]`)?.focus();
    this.#press();
  }

  #choose(i) {
    this.#chosen = i === this.#chosen ? -1 : i;
    const { peers } = reasonsOf(this.ring.state)[i] ?? { peers: [] };
    this.selection.mark(this.#chosen < 0 ? [] : peers);
  }

  #press() {
    for (const button of this.page.reasons.querySelectorAll("[data-reason]")) {
      button.setAttribute("aria-pressed", Number(button.dataset.reason) === this.#chosen);
    }
  }
}

function row({ text, peers }, i) {
  if (peers.length === 0) return text;
  const button = make("button", { type: "button", className: "reason", title: "Highlight these peers" }, text);
  button.dataset.reason = i;
  return button;
}
