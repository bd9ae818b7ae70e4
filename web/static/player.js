// The player: what goes through time, be it a recording or the last minutes of a
// ring that runs. What it steers is a drive: {film, steer}, as the API has them.

import * as api from "./api.js";
import { pathOf } from "./route.js";
import { linkTo } from "./simulation.js";
import { shortID } from "./state.js";
import { around, clock, count, fill, make, number, pairs, span, write } from "./words.js";

/** @import { Playback } from "./types.js" */

/**
 * @typedef {object} Film
 * @property {string} [file] none of a ring that runs
 * @property {string} [source]
 * @property {string} [seed]
 * @property {string} start
 * @property {number} length
 * @property {number} [peers]
 * @property {number} events
 * @property {string} [command]
 * @property {string} [link] the query of a simulation that can be asked for
 * @property {boolean} [cut]
 * @property {{at: number, kind: string, peer?: string, text?: string, count: number}[]} marks
 *
 * @typedef {{film: () => Promise<Film>, steer: (wish: any) => Promise<Playback>}} Drive
 */

/** recorded is the drive of a recording that the server plays.
 * @type {Drive} */
export const recorded = { film: () => api.film(), steer: (wish) => api.steer(wish) };

const speeds = [0.1, 0.25, 0.5, 1, 2, 5, 10, 25, 50, 100];
const listed = 200; // marks in the list
const bad = "violation";

/** Player shows itself once there is something to steer. */
export class Player {
  /** @type {Drive} */
  #drive = null;
  /** @type {Film} */
  #film = null;
  /** @type {Playback} */
  #now = null; // as shown
  #wish = null; // what to ask for once the last request is answered
  #busy = false;
  #steppedTo = -1; // the event that a step led to, until it is drawn
  #shown = { number: -1, event: null }; // the last event that the stream brought, perhaps ahead of its number
  #dragged = false; // the slider is the viewer's
  #speed = 0; // that the list of speeds was made for

  constructor(page, selection, log) {
    this.page = page;
    this.selection = selection;
    this.log = log;
    page.play.addEventListener("click", () => this.toggle());
    page.back.addEventListener("click", () => this.step(-1));
    page.forward.addEventListener("click", () => this.step(1));
    page.speed.addEventListener("change", () => this.#steer({ speed: Number(page.speed.value) }));
    page.seek.addEventListener("input", () => this.#drag());
    page.seek.addEventListener("change", () => (this.#dragged = false));
    page.copy.addEventListener("click", () => this.#copy());
    page.marks.addEventListener("click", (event) => {
      const { at } = around(event, "[data-at]")?.dataset ?? {};
      if (at) this.#steer({ seek: Number(at), play: false });
    });
  }

  /** open steers another drive from now on.
   * @param {Drive} drive */
  async open(drive) {
    if (this.#drive === drive) return;
    this.#drive = drive;
    this.#film = null;
    this.page.player.hidden = false;
    await this.#ask();
  }

  /** grow asks anew what there is in all, where a ring runs and that grows. */
  async grow() {
    if (this.#film && !this.#film.file) await this.#ask();
  }

  async #ask() {
    const drive = this.#drive;
    try {
      const film = await drive.film();
      if (drive !== this.#drive) return;
      const first = this.#film === null;
      this.#film = film;
      if (first) this.log.countFrom(film.file ? new Date(film.start).getTime() : null);
      this.#describe();
      this.#update();
    } catch (err) {
      if (drive === this.#drive) this.#drive = null; // the next message tries again
      write(this.page.problem, err.message);
    }
  }

  /** show takes in a message that says where it stands. */
  show(message) {
    const { replay } = message;
    this.#now = replay;
    const event = message.log ? message.log.at(-1) : (message.events?.at(-1) ?? this.#shown.event);
    this.#shown = { number: replay.event, event };
    this.#draw();
    this.#update();
  }

  toggle() {
    if (this.#now) this.#steer({ play: !this.#now.playing });
  }

  step(by) {
    if (this.#now) this.#steer({ step: by });
  }

  /** hurry takes the next speed up or down. */
  hurry(by) {
    const { speed = 1 } = this.#now ?? {};
    const next = by > 0 ? speeds.find((s) => s > speed) : speeds.findLast((s) => s < speed);
    if (next) this.#steer({ speed: next });
  }

  /** skip goes to the next mark, or the last one before. */
  skip(by) {
    if (!this.#film || !this.#now) return;
    const { at } = this.#now;
    const close = 0.001; // a mark that it stands at is not the next one
    const { marks } = this.#film;
    const mark = by > 0 ? marks.find((m) => m.at > at + close) : marks.findLast((m) => m.at < at - close);
    if (mark) this.#steer({ seek: mark.at, play: false });
  }

  #describe() {
    const { page } = this;
    const film = this.#film;
    page.card.hidden = !film.file;
    document.body.classList.toggle("simulated", film.source === "simulator");
    page.seek.max = film.length;
    page.faults.setAttribute("d", ticks(film, (mark) => mark.kind !== bad));
    page.violations.setAttribute("d", ticks(film, (mark) => mark.kind === bad));
    if (!film.file) return;
    fill(page.facts, pairs("film-facts", factsOf(film)));
    page.again.hidden = !film.command;
    write(page.command, film.command ?? "");
    page.linkRow.hidden = !film.link;
    page.link.value = film.link ? linkTo(film.link) : "";
    write(page.copied, "");
    write(page.problem, film.cut ? "The file ends in the middle of a line; it is shown up to there." : "");
    this.#list(film.marks);
  }

  // Where the page is not from this machine, the browser lets nobody copy.
  async #copy() {
    const { link, copied } = this.page;
    link.select();
    try {
      await navigator.clipboard.writeText(link.value);
      write(copied, "Copied.");
    } catch {
      write(copied, "Press Ctrl and C to copy it.");
    }
  }

  // A violation is what one looks for, so it comes before the faults.
  #list(marks) {
    const violations = marks.filter((mark) => mark.kind === bad).slice(0, listed);
    const faults = marks.filter((mark) => mark.kind !== bad).slice(0, listed - violations.length);
    const shown = [...violations, ...faults];
    fill(this.page.marks, ...shown.map(row));
    const rest = marks.length - shown.length;
    write(this.page.rest, rest > 0 ? `and ${count(rest, "more mark")} on the slider` : shown.length === 0 ? "None." : "");
  }

  #update() {
    const { page } = this;
    if (!this.#film || !this.#now) return;
    const { at, playing, speed, event } = this.#now;
    write(page.playText, playing ? "Pause" : "Play");
    page.play.dataset.playing = String(playing);
    page.back.disabled = event === 0;
    page.forward.disabled = event >= this.#film.events;
    if (!this.#dragged) page.seek.value = at;
    page.seek.setAttribute("aria-valuetext", this.#position());
    this.#showSpeed(speed);
    write(page.clock, this.#position());
    write(page.event, `event ${number(event)} of ${number(Math.max(event, this.#film.events))}`);
  }

  #position() {
    const { at } = this.#now;
    if (this.#film.file) return `${span(at)} / ${span(this.#film.length)}`;
    return clock(new Date(Date.parse(this.#film.start) + 1000 * at));
  }

  // The API takes any speed: one that is not listed is, as long as it lasts.
  #showSpeed(speed) {
    if (speed !== this.#speed) {
      this.#speed = speed;
      const shown = speeds.includes(speed) ? speeds : [...speeds, speed].sort((a, b) => a - b);
      fill(this.page.speed, ...shown.map((s) => make("option", { value: s }, `${s}×`)));
    }
    this.page.speed.value = speed;
  }

  // Either may come first: the answer to the step, or the event that it led to.
  #draw() {
    const { number: shown, event } = this.#shown;
    if (shown !== this.#steppedTo) return;
    this.#steppedTo = -1;
    this.selection.show(event?.route ? pathOf(event.route, shortID(event.peer?.id)) : null);
  }

  #drag() {
    this.#dragged = true;
    this.#steer({ seek: Number(this.page.seek.value) });
  }

  // One request at a time: of the wishes that come meanwhile the last of each
  // kind counts, except that steps add up.
  async #steer(wish) {
    const step = (this.#wish?.step ?? 0) + (wish.step ?? 0);
    this.#wish = { ...this.#wish, ...wish, step: step || undefined };
    if (this.#busy) return;
    this.#busy = true;
    while (this.#wish) {
      const next = this.#wish;
      this.#wish = null;
      try {
        this.#now = await this.#drive.steer(next);
        if (next.step) this.#steppedTo = this.#now.event;
        this.#draw();
        this.#update();
      } catch (err) {
        write(this.page.problem, err.message);
      }
    }
    this.#busy = false;
  }
}

function factsOf(film) {
  const simulated = film.source === "simulator";
  return [
    ["File", film.file],
    ["Source", film.source],
    simulated ? ["Seed", film.seed] : ["Recorded", new Date(film.start).toLocaleString()],
    ["Length", span(film.length)],
    ["Peers", number(film.peers)],
    ["Events", number(film.events)],
  ];
}

function ticks({ length, marks }, wanted) {
  if (length === 0) return "";
  return marks.filter(wanted).map((mark) => `M${((1000 * mark.at) / length).toFixed(1)} 0V1`).join("");
}

const verbs = { killed: "was killed", paused: "was paused", resumed: "was resumed", left: "left", failed: "had a failure" };

function row(mark) {
  const text = [mark.peer, verbs[mark.kind], mark.text].filter(Boolean).join(" ") || mark.kind;
  const more = mark.count > 1 ? ` and ${number(mark.count - 1)} more` : "";
  const button = make("button", { type: "button", className: "moment" }, make("time", {}, span(mark.at)), make("span", {}, text + more));
  button.dataset.at = mark.at;
  const item = make("li", {}, button);
  item.dataset.kind = mark.kind;
  return item;
}
