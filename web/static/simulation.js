// Simulations by link: what stands behind # in the address says which, the server
// computes it, and the page plays it like any recording.

import * as api from "./api.js";
import { readFilm } from "./film.js";
import { span, write } from "./words.js";

const mark = "#simulation?";

/** linkTo is the address that asks the page for a simulation, by its parameters.
 * @param {string | URLSearchParams} query */
export const linkTo = (query) => `${location.origin}${location.pathname}${mark}${new URLSearchParams(query)}`;

/** parametersOf are the parameters of the simulation that an address asks for, or null.
 * @param {string} hash */
export const parametersOf = (hash) => (hash.startsWith(mark) ? new URLSearchParams(hash.slice(mark.length)) : null);

/** describe says in words what is asked for.
 * @param {URLSearchParams} parameters */
export function describe(parameters) {
  const said = [...parameters].map(([name, value]) => (value === "true" ? name : `${name} ${value}`));
  return said.length > 0 ? said.join(", ") : "as it comes";
}

/** filled are the parameters of a form: those fields that have something in them.
 * @param {FormData} form */
export const filled = (form) => new URLSearchParams([...form].map(([name, value]) => [name, String(value).trim()]).filter(([, value]) => value));

/** secondsOf is the simulated time of the last line that a piece of a recording has, or null. */
export function secondsOf(piece) {
  const [, time] = /^"time":"([^"]+)"/.exec(piece.slice(Math.max(0, piece.lastIndexOf('"time":"')))) ?? [];
  const ms = Date.parse(time);
  return Number.isNaN(ms) ? null : ms / 1000;
}

/** Simulation follows the address of the page. */
export class Simulation {
  #under = new AbortController(); // ends what is under way
  #ready = false; // a film is being handed over

  /** play is called with the film of each simulation that is ready. */
  constructor(page, source, play) {
    this.page = page;
    this.play = play;
    page.end.addEventListener("click", () => this.#leave());
    source.addEventListener("mode", () => this.#ready || this.#leave());
    page.ask.addEventListener("click", () => page.dialog.showModal());
    page.cancel.addEventListener("click", () => page.dialog.close());
    page.form.addEventListener("submit", () => this.#open(filled(new FormData(page.form))));
    window.addEventListener("hashchange", () => this.follow());
  }

  /** follow does what the address asks for. */
  follow() {
    this.#under.abort();
    const parameters = parametersOf(location.hash);
    this.page.card.hidden = parameters === null;
    if (parameters) this.#run(parameters);
  }

  // An address that is there already changes nothing, and leads to no event.
  #open(parameters) {
    if (linkTo(parameters) === location.href) this.follow();
    else location.assign(linkTo(parameters));
  }

  // What is shown comes from elsewhere, so the address asks for it no longer.
  #leave() {
    this.#under.abort();
    this.page.card.hidden = true;
    if (parametersOf(location.hash)) history.replaceState(null, "", location.pathname);
  }

  async #run(parameters) {
    const { page } = this;
    const under = (this.#under = new AbortController());
    this.#say("wait", `Simulating: ${describe(parameters)}`, "Stop");
    page.progress.hidden = false;
    page.progress.removeAttribute("value");
    write(page.note, "");
    page.card.scrollIntoView({ block: "nearest" });
    try {
      const text = await api.simulation(parameters, under.signal, (piece) => this.#told(piece, parameters));
      const opened = readFilm("the simulation", text);
      page.card.hidden = true;
      this.#ready = true;
      this.play(opened);
      history.replaceState(null, "", linkTo(opened.film.link)); // with the seed, if it had none
    } catch (err) {
      if (under.signal.aborted) return;
      page.progress.hidden = true;
      write(page.note, "");
      this.#say("bad", `Not simulated: ${err.message}`, "Close");
    } finally {
      this.#ready = false;
    }
  }

  #say(verdict, text, end) {
    const { page } = this;
    page.text.dataset.verdict = verdict;
    write(page.text, text);
    write(page.end, end);
  }

  // The ring settles when the time is over, which takes a while.
  #told(piece, parameters) {
    const seconds = secondsOf(piece);
    if (seconds === null) return;
    const total = 60 * (Number(parameters.get("minutes")) || 1);
    this.page.progress.value = Math.min(1, seconds / total);
    write(this.page.note, seconds < total ? `${span(seconds)} of ${span(total)}` : `${span(seconds)}, until it has settled`);
  }
}
