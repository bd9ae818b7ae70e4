// The laboratory: faults at hand, where the page shows a testnet. A real ring
// has none of this.

import * as api from "./api.js";
import { Churn } from "./churn.js";
import * as faults from "./faults.js";
import { failure } from "./results.js";
import { count, fill, make, write } from "./words.js";

/** Lab shows itself only for a testnet. */
export class Lab {
  constructor(page, ring, selection) {
    this.page = page;
    this.ring = ring;
    this.selection = selection;
    const wire = (button, waiting, action) => button.addEventListener("click", () => this.#run(button, waiting, action));
    wire(page.kill, "Killing…", () => this.#kill());
    wire(page.join, "Joining…", () => this.#join());
    wire(page.killSelected, "Killing…", () => this.#killThese(this.#those()));
    wire(page.pause, "Pausing…", () => faults.pause({ count: amount(page.pauseCount) }));
    wire(page.pauseSelected, "Pausing…", () => faults.pause({ peers: this.#those() }));
    wire(page.resume, "Resuming…", faults.resume);
    wire(page.restart, "Restarting…", () => this.#restart({ count: amount(page.restartCount) }));
    wire(page.restartSelected, "Restarting…", () => this.#restart({ peers: this.#those() }));
    wire(page.impair, "Impairing…", () => faults.impair(page.drop.valueAsNumber, page.delay.valueAsNumber, page.delayBy.value));
    wire(page.cut, "Cutting…", () => this.#cut({ percent: page.cutShare.valueAsNumber }));
    wire(page.cutSelected, "Cutting…", () => this.#cut({ peers: this.#those() }));
    wire(page.heal, "Healing…", () => this.#heal());
    this.#onEnter(page.killCount, page.kill);
    this.#onEnter(page.joinCount, page.join);
    this.#onEnter(page.pauseCount, page.pause);
    this.#onEnter(page.restartCount, page.restart);
    this.churn = new Churn(page, ring, (...content) => this.#report(...content));
    ring.addEventListener("change", () => this.#show());
    selection.addEventListener("change", () => this.#show());
  }

  #show() {
    const { page, ring } = this;
    page.lab.hidden = !ring.state.lab || ring.state.recorded;
    const those = this.#those().length;
    for (const button of [page.killSelected, page.pauseSelected, page.restartSelected, page.cutSelected]) button.disabled = those === 0;
    write(page.those, those > 1 ? `The ${those} marked peers` : "The selected peer");
  }

  // The marked peers if there are any, otherwise the selected one.
  #those() {
    const { doomed, selected } = this.selection;
    const { peers } = this.ring.state;
    return [...(doomed.size > 0 ? doomed : [selected])].flatMap((id) => peers.get(id)?.peer ?? []);
  }

  async #kill() {
    const n = amount(this.page.killCount);
    const requests = { apart: { count: n }, any: { count: n, any: true }, adjacent: { adjacent: n } };
    return faults.killed(await api.kill({ ...requests[this.page.killHow.value], silent: this.page.silent.checked }));
  }

  async #killThese(peers) {
    return faults.killed(await api.kill({ peers, silent: this.page.silent.checked }));
  }

  #restart(which) {
    return faults.restart({ ...which, down: this.page.restartDown.value });
  }

  async #join() {
    const { joined } = await api.join(amount(this.page.joinCount));
    return faults.report("Joined", joined);
  }

  async #cut(request) {
    const { parts } = await api.cut(request);
    const off = parts.at(-1);
    return [...faults.report("Cut off", off), make("p", {}, `${count(parts[0].length, "peer")} on the other side. Nothing passes between them until you heal it.`)];
  }

  async #heal() {
    await api.heal();
    return [make("p", {}, "Healed: the sides find each other by themselves, usually within a minute.")];
  }

  async #run(button, waiting, action) {
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", true);
    this.#report(make("p", { className: "soft" }, waiting));
    try {
      this.#report(...(await action()));
    } catch (err) {
      this.#report(...failure(err));
    }
    button.setAttribute("aria-disabled", false);
  }

  // A long result of the key box may have pushed this one out of sight.
  #report(...content) {
    fill(this.page.result, ...content);
    this.page.result.scrollIntoView({ block: "nearest" });
  }

  #onEnter(input, button) {
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") button.click();
    });
  }
}

function amount(input) {
  const n = input.valueAsNumber;
  if (!Number.isInteger(n) || n < 1) throw new api.APIError("usage", "Type a whole number of peers, 1 or more.");
  return n;
}
