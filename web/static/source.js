// The source: where what the page shows comes from. That is the stream; or its
// last minutes, which are kept; or a recording that was opened in the page.

import { marksOf } from "./moments.js";
import { Projector } from "./projector.js";
import { Tape } from "./tape.js";

/** @import { Message } from "./types.js" */

// What is kept of a ring that runs: so many seconds, and so many views and events.
const kept = { span: 600, most: 20_000 };

// At its end, what runs goes neither faster nor further.
const leavesNow = ({ play, seek, step }) => play === false || seek !== undefined || step < 0;

/** Source emits "message" with what is to be shown, "mode" when it comes from elsewhere, and "heard" of a ring that runs. */
export class Source extends EventTarget {
  mode = "live"; // live, past or file
  simulates = false; // the server does: one of a ring that runs for real does not
  #tape = new Tape(kept);
  /** @type {Projector} */
  #projector = null;
  /** @type {Message} */
  #last = null; // of the stream

  constructor(stream) {
    super();
    this.stream = stream;
    stream.on("snapshot", (message) => this.#receive(message));
    stream.on("delta", (message) => this.#receive(message));
  }

  /** minutes is the drive of what is kept of a ring that runs: wherever it is steered to, is the past. */
  minutes = {
    film: async () => {
      const { start, end, next } = this.#tape;
      return { start: new Date(1000 * start).toISOString(), length: end - start, events: this.#tape.eventsUpTo(next), marks: marksOf(this.#tape) };
    },
    steer: async (wish) => {
      if (this.mode !== "past" && !leavesNow(wish)) return this.playback;
      if (this.mode !== "past") this.#enterPast();
      return this.#projector.steer(wish);
    },
  };

  /** play shows a film that was opened in the page, and gives its drive. */
  play({ film, tape }) {
    this.#project(tape, "file");
    this.#projector.steer({ seek: 0, play: true });
    const projector = this.#projector;
    return { film: async () => film, steer: async (wish) => projector.steer(wish) };
  }

  /** live shows again what is now. */
  live() {
    this.#projector?.stop();
    this.#projector = null;
    this.#enter("live");
    if (this.#last?.replay) this.stream.resync();
    else if (this.#tape.next > 0) this.#emit(this.#tape.snapshot(this.#tape.next));
  }

  /** playback is where a ring that runs stands: at the end of what is kept. */
  get playback() {
    const { start, end, next } = this.#tape;
    return { at: end - start, event: this.#tape.eventsUpTo(next), playing: true, speed: 1, jumps: 0 };
  }

  #enterPast() {
    const { at } = this.playback;
    this.#project(this.#tape, "past");
    this.#projector.addEventListener("end", () => this.live());
    this.#projector.steer({ seek: at });
  }

  #project(tape, mode) {
    this.#projector?.stop();
    const projector = new Projector(tape);
    projector.addEventListener("message", (event) => {
      if (projector === this.#projector) this.#emit(/** @type {CustomEvent} */ (event).detail);
    });
    this.#projector = projector;
    this.#enter(mode);
  }

  // What the server plays is kept there.
  #receive(message) {
    this.#last = message;
    if (message.type === "snapshot") this.simulates = Boolean(message.lab || message.replay);
    if (!message.replay) this.#keep(message, Date.now() / 1000);
    if (this.mode === "live") this.#emit(message);
  }

  #keep(message, at) {
    this.#tape.add(at, message);
    this.dispatchEvent(new CustomEvent("heard", { detail: { message, at } }));
  }

  #enter(mode) {
    this.mode = mode;
    this.dispatchEvent(new Event("mode"));
  }

  #emit(message) {
    this.dispatchEvent(new CustomEvent("message", { detail: message }));
  }
}
