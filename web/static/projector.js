// The projector: plays a tape at a pace, and sends what the stream would have
// sent. Whoever shows the stream can show it as well.

/** @import { Playback } from "./types.js" */

const tick = 100; // milliseconds
const slowest = 0.1;
const fastest = 100;

/** Projector emits "message" for each that it shows, and "end" where the tape ends. */
export class Projector extends EventTarget {
  #timer = 0;
  #next = 0; // entry of the tape
  #jumps = 0;
  #at = 0;
  #playing = false;
  #speed = 1;
  #looked = 0;

  /** @param {import("./tape.js").Tape} tape @param {() => number} clock milliseconds */
  constructor(tape, clock = () => performance.now()) {
    super();
    this.tape = tape;
    this.clock = clock;
    this.#at = tape.start;
    this.#next = tape.first;
  }

  /** playback is where it stands; times count from the tape's start.
   * @returns {Playback} */
  get playback() {
    return {
      at: this.#at - this.tape.start, event: this.tape.eventsUpTo(this.#next),
      playing: this.#playing, speed: this.#speed, jumps: this.#jumps,
    };
  }

  /** steer does what a wish says, as the API's player does.
   * @param {{play?: boolean, speed?: number, seek?: number, step?: number}} wish */
  steer({ play, speed, seek, step }) {
    this.pass();
    if (speed !== undefined) this.#speed = Math.min(fastest, Math.max(slowest, speed));
    if (seek !== undefined) this.#seek(this.tape.start + seek);
    if (step) this.#step(step);
    if (play !== undefined) this.#play(play);
    this.#wind();
    if (play === false) this.#showUpTo(this.#next); // those who show it are told that it stands
    return this.playback;
  }

  stop() {
    this.#playing = false;
    this.#wind();
  }

  /** pass lets the time go by since it was last called. */
  pass() {
    const now = this.clock();
    const gone = Math.min(1, (now - this.#looked) / 1000);
    this.#looked = now;
    if (this.#next < this.tape.first) this.#seek(this.tape.start); // the tape has forgotten what would come next
    if (!this.#playing) return;
    this.#at = Math.min(this.tape.end, this.#at + gone * this.#speed);
    this.#playing = this.#at < this.tape.end;
    this.#showUpTo(this.tape.behind(this.#at));
    if (this.#playing) return;
    this.#wind();
    this.dispatchEvent(new Event("end"));
  }

  #play(on) {
    if (on && this.#next >= this.tape.next) this.#seek(this.tape.start);
    this.#playing = on;
    this.#looked = this.clock();
  }

  #seek(at) {
    this.#at = Math.min(this.tape.end, Math.max(this.tape.start, at));
    this.#jumpTo(this.tape.behind(this.#at));
  }

  #jumpTo(next) {
    this.#next = next;
    this.#jumps++;
    this.#emit(this.tape.snapshot(next));
  }

  // Forward it shows all that lies between; there is no way back but a jump.
  #step(by) {
    this.#playing = false;
    if (by > 0) {
      for (; by > 0; by--) this.#showUpTo(this.#eventful(this.#next, 1));
      this.#at = this.tape.between(this.#next - 1, this.#next)[0].at;
    } else {
      let next = this.#next;
      for (; by < 1; by++) next = this.#eventful(next - 1, -1) - 1;
      this.#at = this.tape.between(next, next + 1)[0]?.at ?? this.tape.start;
      this.#jumpTo(Math.max(this.tape.first, next) + 1);
    }
  }

  // The number behind the next entry from one on, up or down, that has events; one
  // end of the tape if none has.
  #eventful(from, way) {
    const { first, next } = this.tape;
    for (let i = from; i >= first && i < next; i += way) {
      if (this.tape.between(i, i + 1)[0].message.events?.length) return i + 1;
    }
    return way > 0 ? next : first;
  }

  // Even where nothing happened, the time has gone on.
  #showUpTo(next) {
    const entries = this.tape.between(this.#next, next);
    for (const { message } of entries) {
      this.#next++;
      this.#emit(message);
    }
    if (entries.length > 0) return;
    const { well_formed, problem, replicated } = this.tape.between(next - 1, next)[0]?.message ?? {};
    this.#emit({ type: "delta", well_formed, problem, replicated, peers: [], gone: [], events: [] });
  }

  #wind() {
    clearInterval(this.#timer);
    this.#timer = this.#playing ? Number(setInterval(() => this.pass(), tick)) : 0;
  }

  #emit(message) {
    this.dispatchEvent(new CustomEvent("message", { detail: { ...message, replay: this.playback } }));
  }
}
