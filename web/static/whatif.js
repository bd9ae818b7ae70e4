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

/**
 * oracle reckons once, and then tells the fate of any position of the circle: lost,
 * short or safe.
 * @param {State} state @param {ReadonlySet<string>} doomed @param {number} n
 * @returns {(position: string) => string}
 */
export function oracle(state, doomed, n) {
  const fates = fatesOf(state, doomed, n);
  return (position) => {
    const at = fraction(position);
    let [low, high] = [0, fates.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (fates[middle][0].at < at) low = middle + 1;
      else high = middle;
    }
    return (fates[low] ?? fates[0])?.[1] ?? "safe";
  };
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
