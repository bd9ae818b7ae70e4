// Why a lookup went where it did: of the peers that the one just asked knows,
// the closest before the key comes next. What that one knows is taken from its
// tables as they are shown now.

import { share } from "./circle.js";
import { fraction } from "./state.js";

/** @import { State } from "./types.js" */

/**
 * choiceAt says what there was to choose from at a peer: the others that lie
 * before the key, the closest first, each by which part of the circle it is
 * farther than the chosen one, and how many peers lie past the key.
 * @param {State} state @param {string} at @param {string} chosen @param {number} key
 */
export function choiceAt(state, at, chosen, key) {
  const peer = state.peers.get(at);
  if (!peer) return null;
  const known = [...new Set([...peer.succ, ...peer.fingers])].filter((id) => id !== at);
  const way = share(peer.at, key);
  const before = known.filter((id) => share(peer.at, fraction(id)) < way);
  const others = before.filter((id) => id !== chosen)
    .map((id) => ({ id, farther: share(fraction(id), key) - share(fraction(chosen), key) }))
    .sort((a, b) => a.farther - b.farther);
  return { listed: known.includes(chosen), others, past: known.length - before.length };
}

/** whyNot says why a peer was not chosen. */
export function whyNot(farther) {
  if (farther < 0) return "closer, but not named at the time";
  const percent = 100 * farther;
  return `${percent < 1 ? percent.toFixed(2) : percent.toFixed(0)} % of the circle farther from the key`;
}
