// The laboratory: faults at hand, where the page shows a testnet. A real ring
// has none of this.

import * as api from "./api.js";
import { Churn } from "./churn.js";
import { failure } from "./results.js";
import { brief, count, fill, make } from "./words.js";

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
    wire(page.cut, "Cutting…", () => this.#cut({ percent: page.cutShare.valueAsNumber }));
    wire(page.cutSelected, "Cutting…", () => this.#cut({ peers: this.#those() }));
    wire(page.heal, "Healing…", () => this.#heal());
    this.#onEnter(page.killCount, page.kill);
    this.#onEnter(page.joinCount, page.join);
    this.churn = new Churn(page, ring, (...content) => this.#report(...content));
    ring.addEventListener("change", () => this.#show());
    selection.addEventListener("change", () => this.#show());
  }

  #show() {
    const { page, ring } = this;
    page.lab.hidden = !ring.state.lab || ring.state.recorded;
    const those = this.#those().length;
    page.killSelected.disabled = page.cutSelected.disabled = those === 0;
    const whom = those > 1 ? `the ${those} marked peers` : "the selected peer";
    page.killSelected.textContent = `Kill ${whom}`;
    page.cutSelected.textContent = `Cut off ${whom}`;
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
    return killReport(await api.kill({ ...requests[this.page.killHow.value], silent: this.page.silent.checked }));
  }

  async #killThese(peers) {
    return killReport(await api.kill({ peers, silent: this.page.silent.checked }));
  }

  async #join() {
    const { joined } = await api.join(amount(this.page.joinCount));
    return report("Joined", joined);
  }

  async #cut(request) {
    const { parts } = await api.cut(request);
    const off = parts.at(-1);
    return [...report("Cut off", off), make("p", {}, `${count(parts[0].length, "peer")} on the other side. Nothing passes between them until you heal it.`)];
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

function killReport({ killed, in_a_row: inARow, replicas }) {
  const lost = `${inARow} in a row: keys that only they held are lost.`;
  return [...report("Killed", killed), ...(inARow >= replicas ? [make("p", {}, lost)] : [])];
}

function report(verb, contacts = []) {
  const names = contacts.slice(0, 6).map((contact) => brief(contact.id));
  const more = contacts.length > 6 ? ` and ${contacts.length - 6} more` : "";
  return [make("p", {}, `${verb} ${count(contacts.length, "peer")}: ${names.join(", ")}${more}.`)];
}
