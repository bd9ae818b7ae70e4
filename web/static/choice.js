// Why a lookup asked a peer, and others not, in words. The lookup noted the reasons.

import { share } from "./circle.js";
import { fraction } from "./state.js";

/** @import { Hop, Other } from "./types.js" */

const chosen = {
  closest: "The closest before the key not asked yet",
  "may own": "The first behind the key: the owner, if it lives",
  again: "Once more, since all that it named were silent",
};

const passed = {
  before: "lies before the key, and cannot own it",
  silent: "had been asked, and did not answer",
  waiting: "had been asked, and had not answered yet",
  "given up": "was taken for dead",
};

/** whyThis says why the peer of a hop was asked.
 * @param {Hop} hop */
export const whyThis = (hop) => chosen[hop.why] ?? "";

/**
 * whyNot says why another peer was not asked at a hop of the way to a key: "it ...".
 * @param {Other} other @param {Hop} hop @param {number} key
 */
export function whyNot(other, hop, key) {
  const at = fraction(other.id);
  if (other.why === "farther") return `lies ${part(share(at, key) - share(fraction(hop.id), key))} farther from the key`;
  if (other.why === "behind") return `lies ${part(share(key, at))} behind the key, where another comes first`;
  return passed[other.why] ?? other.why;
}

function part(share) {
  const percent = 100 * share;
  return `${percent < 1 ? percent.toFixed(2) : percent.toFixed(0)} % of the circle`;
}
