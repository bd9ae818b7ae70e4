// A second ring beside the first, where a lesson compares two runs.

import { Canvas } from "./canvas.js";
import { Projector } from "./projector.js";
import { Ring } from "./ring.js";
import { Selection } from "./selection.js";
import { Sentence } from "./sentence.js";

/** Beside shows a recording of its own, and goes where the first one goes. */
export class Beside {
  /** @type {Projector} */
  #projector = null;
  #ring = new Ring();
  #selection = new Selection();

  /** page has {sheet, canvas, health, verdict, reasons, titles}; titles are the lines over both rings. */
  constructor(page) {
    this.page = page;
    this.canvas = new Canvas(page.canvas, this.#ring, this.#selection);
    new Sentence(page, this.#ring, this.#selection);
  }

  /** play shows a tape, and gives a drive that steers it along with another one. */
  play(tape, drive, titles) {
    const projector = new Projector(tape);
    projector.addEventListener("message", (event) => this.#ring.take(/** @type {CustomEvent} */ (event).detail, performance.now()));
    this.#projector = projector;
    this.page.sheet.hidden = false;
    titles.forEach((title, i) => {
      this.page.titles[i].textContent = title;
      this.page.titles[i].hidden = false;
    });
    return together(drive, projector);
  }

  /** select chooses the same peer in both. */
  select(id) {
    this.#selection.select(id);
  }

  leave() {
    this.#projector?.stop();
    this.page.sheet.hidden = true;
    for (const title of this.page.titles) title.hidden = true;
  }
}

/** together is a drive that takes a projector along with another one. Where its tape is at its end it stays there. */
export const together = (drive, projector) => ({
  film: drive.film,
  steer: async (wish) => {
    const { at, playing } = await drive.steer(wish);
    const { start, end } = projector.tape;
    projector.steer({ speed: wish.speed, seek: at, play: playing && at < end - start });
    return drive.steer({});
  },
});
