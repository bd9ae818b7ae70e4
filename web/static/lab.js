// The laboratory: killing and joining peers, where the page shows a testnet.

import * as api from "./api.js";
import { failure } from "./results.js";
import { brief, count, fill, make } from "./words.js";


/** Lab shows itself only for a testnet. */
export class Lab {
  constructor(page, ring, selection) {
    this.page = page;
    this.ring = ring;
    this.selection = selection;
    page.kill.addEventListener("click", () => this.#run(page.kill, "Killing…", () => this.#kill()));
    page.join.addEventListener("click", () => this.#run(page.join, "Joining…", () => this.#join()));
    page.killSelected.addEventListener("click", () =>
      this.#run(page.killSelected, "Killing…", () => this.#killSelected()),
    );
    this.#onEnter(page.killCount, page.kill);
    this.#onEnter(page.joinCount, page.join);
    ring.addEventListener("change", () => this.#show());
    selection.addEventListener("change", () => this.#show());
  }

  #show() {
    const { page, ring, selection } = this;
    page.lab.hidden = !ring.state.lab;
    page.killSelected.disabled = !ring.state.peers.has(selection.selected);
  }

  async #kill() {
    const n = amount(this.page.killCount);
    const requests = { apart: { count: n }, any: { count: n, any: true }, adjacent: { adjacent: n } };
    return killReport(await api.kill(requests[this.page.killHow.value]));
  }

  async #killSelected() {
    const peer = this.ring.state.peers.get(this.selection.selected);
    return killReport(await api.kill({ peers: [peer.peer] }));
  }

  async #join() {
    const { joined } = await api.join(amount(this.page.joinCount));
    return report("Joined", joined);
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
