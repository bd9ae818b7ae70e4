// The judge: whether peers are one well-formed ring, where nobody has said so
// yet, as in a recording of a simulation. It looks for what the server looks for.

import { ringsOf, takesPart } from "./rings.js";

/** @import { Peer, Problem } from "./types.js" */

/**
 * judge says what keeps peers, in the order of the ring, from being well-formed.
 * @param {Peer[]} order
 */
export function judge(order) {
  const { rings, of } = ringsOf(order);
  const members = order.filter(takesPart);
  /** @type {Problem[]} */
  const problems = [];
  if (rings > 1) problems.push({ kind: "split", peer: members[0].id, text: `is in one of ${rings} rings` });
  problems.push(...silent(order, members));
  for (let ring = 0; ring < rings; ring++) problems.push(...neighbours(members.filter((peer) => of.get(peer.id) === ring)));
  for (const peer of members) if (!of.has(peer.id)) problems.push({ kind: "astray", peer: peer.id, text: "leads to no ring" });
  const wellFormed = members.length > 0 && problems.length === 0;
  const first = problems[0];
  return { wellFormed, problems, problem: first ? `${first.peer.slice(0, 8)} ${first.text}` : "" };
}

function silent(order, members) {
  const lives = new Set(order.filter((peer) => !peer.paused).map((peer) => peer.id));
  const listedBy = new Map();
  for (const peer of members) {
    for (const id of [...peer.succ, peer.pred]) {
      if (id && !lives.has(id)) listedBy.set(id, (listedBy.get(id) ?? new Set()).add(peer.id));
    }
  }
  return [...listedBy].map(([id, peers]) => ({ kind: "silent", peer: id, peers: [...peers], text: "does not answer, and is still listed" }));
}

function neighbours(ring) {
  if (ring.length < 2) return [];
  return ring.flatMap((peer, i) => {
    const next = ring[(i + 1) % ring.length].id;
    const before = ring.at(i - 1).id;
    return [
      ...(peer.succ[0] === next ? [] : [{ kind: "successor", peer: peer.id, text: `should have the successor ${next.slice(0, 8)}` }]),
      ...(peer.pred === before ? [] : [{ kind: "predecessor", peer: peer.id, text: `should have the predecessor ${before.slice(0, 8)}` }]),
    ];
  });
}
