// The header and the notes over the canvas: how the ring and the connection are.

import { keysOf } from "./ring.js";
import { number, write } from "./words.js";

/** Status shows the ring's health in the header. */
export class Status {
  constructor(page, ring) {
    this.page = page;
    this.ring = ring;
    ring.addEventListener("change", () => this.#show());
  }

  #show() {
    const { page, ring } = this;
    write(page.ringName, ring.state.name || "–");
    write(page.peers, String(ring.state.order.length));
    const most = ring.state.rings > 1 ? "≤ " : ""; // a key that several rings have counts in each
    write(page.keys, most + number(keysOf(ring.state)));
    const some = ring.state.order.length > 0;
    judge(page.shape, some && ring.state.wellFormed, "Well-formed", some ? "Not well-formed" : "–", "bad");
    judge(page.replication, some && ring.state.replicated, "Complete", some ? "Incomplete" : "–", "wait");
    write(page.problem, ring.state.problem ? `Not well-formed: ${ring.state.problem}` : "");
    document.title = `Peal: ${ring.state.name}, ${ring.state.order.length} peers`;
  }
}

/** Connection shows the stream's state and, over an empty canvas, why it is empty. */
export class Connection {
  #state = "connecting";
  #retryAt = 0;
  #timer = 0;

  constructor(page, stream, source, ring) {
    this.page = page;
    this.ring = ring;
    this.source = source;
    stream.addEventListener("state", ({ detail }) => this.#change(detail));
    ring.addEventListener("change", () => this.#show());
    page.retry.addEventListener("click", () => stream.connect());
    window.addEventListener("online", () => stream.connect());
  }

  #change({ state, retryAt }) {
    this.#state = state;
    this.#retryAt = retryAt;
    clearInterval(this.#timer);
    if (state === "waiting") this.#timer = setInterval(() => this.#show(), 1000);
    this.#show();
  }

  #show() {
    const { page, ring } = this;
    const live = this.#state === "live";
    const shown = this.source.mode === "past" ? "The past" : ring.state.recorded ? "Recording" : "Live";
    const texts = { connecting: "Connecting", live: shown, waiting: "Disconnected" };
    write(page.state, texts[this.#state]);
    page.state.dataset.verdict = { connecting: "wait", live: shown === "The past" ? "wait" : "good", waiting: "bad" }[this.#state];
    page.stage.classList.toggle("stale", !live && this.source.mode === "live" && ring.state.known);
    page.empty.hidden = (live || this.source.mode !== "live") && ring.state.order.length > 0;
    page.retry.hidden = this.#state !== "waiting";
    const [title, text] = this.#note();
    write(page.emptyTitle, title);
    write(page.emptyText, text);
  }

  #note() {
    if (this.#state === "live" && this.ring.state.lab) return ["No live peers", "Use Join to start some."];
    if (this.#state === "live" && this.ring.state.recorded) return ["No peers", "At this moment of the recording the ring is empty."];
    if (this.#state === "live") return ["No peers yet", "The ring is empty. Peers appear here as they join."];
    if (this.#state === "connecting") return ["Connecting", "Waiting for the ring."];
    const left = Math.max(1, Math.ceil((this.#retryAt - Date.now()) / 1000));
    const kept = this.ring.state.known ? "The ring is shown as it was last seen." : "Check that the process still runs.";
    return ["Disconnected", `${kept} Next try in ${left} s.`];
  }
}

function judge(element, good, yes, no, otherwise) {
  write(element, good ? yes : no);
  element.dataset.verdict = good ? "good" : otherwise;
}
