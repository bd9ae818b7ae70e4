// A lesson under way: its captions over the ring, one step after the other.

import { readFilm } from "./film.js";
import { lessons } from "./lessons.js";
import { fill, make, write } from "./words.js";

/** Lesson shows the list of lessons and plays the one that is chosen. */
export class Lesson {
  #lesson = null;
  #drive = null;
  #step = 0;
  #until = Infinity; // where the step ends

  /** stage has what a lesson acts on: {source, player, selection, beside, layer, watch}. */
  constructor(page, stage) {
    this.page = page;
    this.stage = stage;
    fill(page.list, ...lessons.map((lesson) => make("li", {}, this.#button(lesson))));
    page.next.addEventListener("click", () => this.#go(this.#step + 1));
    page.back.addEventListener("click", () => this.#go(this.#step - 1));
    page.end.addEventListener("click", () => this.stage.source.live());
    page.large.addEventListener("click", () => this.#enlarge(!document.body.classList.contains("large")));
    stage.source.addEventListener("message", (event) => this.#follow(/** @type {CustomEvent} */ (event).detail));
    stage.source.addEventListener("mode", () => stage.source.mode !== "file" && this.leave());
  }

  #button(lesson) {
    const button = make("button", { type: "button", className: "name" }, lesson.title);
    button.addEventListener("click", () => this.#begin(lesson));
    return button;
  }

  async #begin(lesson) {
    this.page.dialog.close();
    const { source, beside } = this.stage;
    try {
      const opened = await fetchFilm(lesson.id, lesson.title);
      const other = lesson.beside ? await fetchFilm(lesson.beside.id, lesson.title) : null;
      this.#drive = source.play(opened);
      beside.leave();
      if (other) this.#drive = beside.play(other.tape, this.#drive, lesson.beside.titles);
    } catch (err) {
      write(this.page.say, err.message);
      return;
    }
    this.#lesson = lesson;
    this.stage.player.open(this.#drive);
    this.page.card.hidden = false;
    write(this.page.title, lesson.title);
    this.#go(0);
    this.page.next.focus();
  }

  // A step shows where it leads to; what lies between is played.
  #go(step) {
    const { steps } = this.#lesson;
    this.#step = Math.min(steps.length - 1, Math.max(0, step));
    const { from, to, speed = 1, layer = "none", select = "", watch, text } = steps[this.#step];
    const { selection, beside, layer: field } = this.stage;
    selection.clear();
    this.#until = to;
    this.#drive.steer({ seek: from, speed, play: to > from });
    field.value = layer;
    selection.colour(layer);
    selection.select(select);
    beside.select(select);
    if (watch) this.stage.watch();
    write(this.page.text, text);
    write(this.page.note, `${this.#step + 1} of ${steps.length}`);
    this.page.back.disabled = this.#step === 0;
    this.page.next.disabled = this.#step === steps.length - 1;
  }

  #follow({ replay }) {
    if (!this.#lesson || !replay?.playing || replay.at < this.#until) return;
    this.#until = Infinity;
    this.#drive.steer({ play: false });
  }

  /** leave ends the lesson. */
  leave() {
    this.#lesson = null;
    this.stage.beside.leave();
    this.page.card.hidden = true;
    this.#enlarge(false);
  }

  #enlarge(large) {
    document.body.classList.toggle("large", large);
    this.page.large.setAttribute("aria-pressed", String(large));
  }
}

async function fetchFilm(id, title) {
  const response = await fetch(`lessons/${id}.jsonl`);
  return readFilm(title, await response.text());
}
