// Churn: peers that come and go, for as long as the page is open and wants it.

import * as api from "./api.js";
import { failure } from "./results.js";
import { number, write } from "./words.js";

const minute = 60_000;

/** Churn kills and joins so many peers a minute, one after the other. */
export class Churn {
  #timer = 0;
  #busy = false;
  #kill = true; // next

  constructor(page, ring, report) {
    this.page = page;
    this.ring = ring;
    this.report = report;
    page.churn.addEventListener("input", () => this.#set());
    ring.addEventListener("change", () => {
      if (page.lab.hidden) this.#stop();
    });
    this.#set();
  }

  get #rate() {
    return this.page.churn.valueAsNumber;
  }

  #set() {
    write(this.page.churnRate, this.#rate === 0 ? "none" : `${number(this.#rate)} joins and kills a minute`);
    clearTimeout(this.#timer);
    if (this.#rate > 0) this.#wait();
  }

  #wait() {
    clearTimeout(this.#timer); // of a change while a request was under way
    this.#timer = setTimeout(() => this.#act(), minute / (2 * this.#rate));
  }

  #stop() {
    if (this.#rate === 0) return;
    this.page.churn.value = 0;
    this.#set();
  }

  async #act() {
    if (!this.#busy) {
      this.#busy = true;
      try {
        await (this.#kill ? api.kill({ count: 1, silent: this.page.silent.checked }) : api.join(1));
        this.#kill = !this.#kill;
      } catch (err) {
        this.report(...failure(err));
        this.#stop();
      }
      this.#busy = false;
    }
    if (this.#rate > 0) this.#wait();
  }
}
