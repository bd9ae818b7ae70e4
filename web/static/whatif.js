// What if some peers died: which keys would be gone, and which short of
// replicas, reckoned from who owns how many keys and who holds them.

import { takesPart } from "./rings.js";
import { fraction } from "./state.js";
import { bytesIn } from "./words.js";

/** @import { Peer, State } from "./types.js" */

/** holdersOf are the peers that hold what the i-th member owns: itself and those that follow, n in all.
 * @param {Peer[]} members @param {number} i @param {number} n */
export function holdersOf(members, i, n) {
  const holders = [];
  for (let k = 0; k < members.length && holders.length < n; k++) {
    const next = members[(i + k) % members.length];
    if (!holders.some((holder) => holder.peer === next.peer)) holders.push(next);
  }
  return holders;
}

/**
 * losses counts the keys that would be lost, and those that would be short of
 * replicas, if the doomed died at once.
 * @param {State} state @param {ReadonlySet<string>} doomed @param {number} n replicas of a key
 */
export function losses(state, doomed, n) {
  const fates = fatesOf(state, doomed, n);
  const keys = (fate) => fates.reduce((sum, [owner, its]) => sum + (its === fate ? owner.keys : 0), 0);
  return { lost: keys("lost"), short: keys("short"), arcs: fates.filter(([, fate]) => fate === "lost").length };
}

/** fateAt tells the fate of a position of the circle: lost, short or safe.
 * @param {State} state @param {ReadonlySet<string>} doomed @param {number} n @param {string} position */
export function fateAt(state, doomed, n, position) {
  const fates = fatesOf(state, doomed, n);
  const at = fraction(position);
  const found = fates.find(([owner]) => owner.at >= at) ?? fates[0];
  return found ? found[1] : "safe";
}

/** positionOf is where a listed key lies, by its first 16 digits.
 * @param {{key?: string, key_base64?: string}} listed */
export async function positionOf({ key, key_base64: raw }) {
  if (!crypto.subtle) throw new Error("A browser can only do this on a page from https or from this machine; peal lookup KEY says where a key lies.");
  const hash = await crypto.subtle.digest("SHA-256", key === undefined ? bytesIn(raw) : new TextEncoder().encode(key));
  return Array.from(new Uint8Array(hash).subarray(0, 8), (b) => b.toString(16).padStart(2, "0")).join("");
}

/** @returns {[Peer, string][]} */
function fatesOf({ order }, doomed, n) {
  const members = order.filter(takesPart);
  return members.map((owner, i) => {
    const holders = holdersOf(members, i, n);
    const dead = holders.filter((holder) => doomed.has(holder.id)).length;
    return [owner, dead === holders.length ? "lost" : dead > 0 ? "short" : "safe"];
  });
}
