// Cells: where peers lie too close to be told apart, those of a few pixels of
// the rim are drawn as one. Zooming in, or the lens, pulls them apart.

import { gap, warp } from "./circle.js";

/** @import { Peer } from "./types.js" */

const crowded = 6; // pixels a peer, below which cells are made
const grain = 7; // pixels of a cell

/** isCrowded tells whether so many peers do not have room on the rim. */
export const isCrowded = (circle, peers) => gap(circle, peers) < crowded;

/**
 * cellsOf puts the peers into cells, in order. Their bounds are fixed on the
 * rim, so that no cell flickers as a neighbour comes or goes.
 * @param {import("./circle.js").Circle} circle @param {Peer[]} order
 * @returns {{peers: Peer[], from: number, to: number}[]} from and to are fractions under the lens
 */
export function cellsOf(circle, order) {
  const bounds = Math.max(1, Math.round((2 * Math.PI * circle.r) / grain));
  /** @type {{peers: Peer[], from: number, to: number}[]} */
  const cells = [];
  let last = NaN;
  for (const peer of order) {
    const number = Math.floor(warp(circle, peer.at) * bounds);
    if (number !== last) cells.push({ peers: [], from: number / bounds, to: (number + 1) / bounds });
    cells.at(-1).peers.push(peer);
    last = number;
  }
  return cells;
}
