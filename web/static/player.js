// The player: what plays a recording, where the page shows one.

import * as api from "./api.js";
import { shortID } from "./state.js";
import { pathOf } from "./route.js";
import { around, count, fill, make, number, pairs, span, write } from "./words.js";

const speeds = [0.1, 0.25, 0.5, 1, 2, 5, 10, 25, 50, 100];
const listed = 200; // marks in the list
const bad = "violation";

/** Player shows itself only for a recording. */
export class Player {
  #film = null;
  #now = null; // the Playback shown
  #wish = null; // what to ask for once the last request is answered
  #busy = false;
  #steppedTo = -1; // the event that a step led to, until it is drawn
  #shown = { number: -1, event: null }; // the last event that the stream brought
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
    page.marks.addEventListener("click", (event) => {
      const { at } = around(event, "[data-at]")?.dataset ?? {};
      if (at) this.#steer({ seek: Number(at), play: false });
    });
  }

  /** show takes in a message of the stream. */
  show(message) {
    const { replay } = message;
    if (!replay) return;
    this.#open();
    this.#now = replay;
    this.#shown = { number: replay.event, event: (message.log ?? message.events ?? []).at(-1) };
    this.#draw();
    this.#update();
  }

  toggle() {
    if (this.#now) this.#steer({ play: !this.#now.playing });
  }

  step(by) {
    this.#steer({ step: by });
  }

  /** hurry takes the next speed up or down. */
  hurry(by) {
    const { speed } = this.#now ?? {};
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

  async #open() {
    if (this.#film) return;
    this.#film = { length: 0, marks: [], peers: 0, events: 0 }; // only one request
    document.body.classList.add("replaying");
    for (const part of [this.page.player, this.page.card]) part.hidden = false;
    try {
      this.#film = await api.film();
    } catch (err) {
      this.#film = null; // the next message tries again
      write(this.page.problem, err.message);
      return;
    }
    document.body.classList.toggle("simulated", simulated(this.#film));
    this.log.countFrom(new Date(this.#film.start).getTime());
    this.#describe();
    this.#update();
  }

  #describe() {
    const { page } = this;
    const film = this.#film;
    const facts = [
      ["File", film.file],
      ["Source", film.source],
      ...(simulated(film) ? [["Seed", film.seed]] : [["Recorded", new Date(film.start).toLocaleString()]]),
      ["Length", span(film.length)],
      ["Peers", number(film.peers)],
      ["Events", number(film.events)],
    ];
    fill(page.facts, pairs("film-facts", facts));
    page.again.hidden = !film.command;
    write(page.command, film.command ?? "");
    write(page.problem, film.cut ? "The file ends in the middle of a line; it is shown up to there." : "");
    page.seek.max = film.length;
    page.faults.setAttribute("d", ticks(film, (mark) => mark.kind !== bad));
    page.violations.setAttribute("d", ticks(film, (mark) => mark.kind === bad));
    this.#list(film.marks);
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
    const name = playing ? "Pause" : "Play";
    write(page.playText, name);
    page.play.dataset.playing = playing;
    page.back.disabled = event === 0;
    page.forward.disabled = event >= this.#film.events;
    if (!this.#dragged) page.seek.value = at;
    page.seek.setAttribute("aria-valuetext", `${span(at)} of ${span(this.#film.length)}`);
    this.#showSpeed(speed);
    write(page.clock, `${span(at)} / ${span(this.#film.length)}`);
    write(page.event, `event ${number(event)} of ${number(this.#film.events)}`);
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
    const { number, event } = this.#shown;
    if (number !== this.#steppedTo) return;
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
        this.#now = await api.steer(next);
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

function ticks({ length, marks }, wanted) {
  if (length === 0) return "";
  return marks.filter(wanted).map((mark) => `M${((1000 * mark.at) / length).toFixed(1)} 0V1`).join("");
}

const simulated = (film) => film.source === "simulator";

const verbs = { killed: "was killed", left: "left", failed: "had a failure" };

function row(mark) {
  const text = [mark.peer, verbs[mark.kind], mark.text].filter(Boolean).join(" ") || mark.kind;
  const more = mark.count > 1 ? ` and ${number(mark.count - 1)} more` : "";
  const button = make("button", { type: "button", className: "moment" }, make("time", {}, span(mark.at)), make("span", {}, text + more));
  button.dataset.at = mark.at;
  const item = make("li", {}, button);
  item.dataset.kind = mark.kind;
  return item;
}
