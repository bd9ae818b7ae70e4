// Health: in one sentence whether the ring is settled, and if not, why not.

import { takesPart } from "./rings.js";
import { count, number } from "./words.js";

/** @import { State } from "./types.js" */

/** What a problem of each kind is said to be, of so many peers. */
const sayings = {
  astray: (n) => `${count(n, "peer")} ${n === 1 ? "leads" : "lead"} to no ring`,
  silent: (n) => `${count(n, "peer")} ${n === 1 ? "does" : "do"} not answer and ${n === 1 ? "is" : "are"} still listed`,
  successor: (n) => `${count(n, "peer")} ${has(n)} a wrong successor`,
  predecessor: (n) => `${count(n, "peer")} ${has(n)} a wrong predecessor`,
  order: (n) => `${count(n, "peer")} ${has(n)} successors out of order`,
};

const has = (n) => (n === 1 ? "has" : "have");

/**
 * reasonsOf says everything that keeps the ring from being settled, and which
 * peers each reason concerns.
 * @param {State} state
 * @returns {{text: string, peers: string[]}[]}
 */
export function reasonsOf(state) {
  const reasons = [...parted(state), ...joining(state), ...troubled(state)];
  if (!state.wellFormed && reasons.length === 0) reasons.push({ text: state.problem || "its shape is not known", peers: [] });
  return [...reasons, ...short(state)];
}

/** verdictOf is the sentence.
 * @param {State} state */
export function verdictOf(state) {
  if (reasonsOf(state).length > 0) return "Not settled";
  const still = state.order.filter((peer) => peer.paused).length;
  const peers = state.order.length - still;
  const ring = peers === 1 ? "Settled: a ring of one peer" : `Settled: ${count(peers, "peer")} in one ring`;
  return still > 0 ? `${ring}, ${number(still)} paused` : ring;
}

function parted({ problems, order, rings }) {
  if (!problems.some((problem) => problem.kind === "split") && rings < 2) return [];
  const peers = order.filter((peer) => peer.ring > 0).map((peer) => peer.id);
  return [{ text: `${count(rings, "ring")} instead of one`, peers }];
}

function joining({ order }) {
  const peers = order.filter((peer) => !peer.member && !peer.paused).map((peer) => peer.id);
  return peers.length > 0 ? [{ text: `${count(peers.length, "peer")} ${peers.length === 1 ? "is" : "are"} joining`, peers }] : [];
}

// A peer that does not answer is not there to be seen: those that list it are.
function troubled({ problems }) {
  return Object.entries(sayings).flatMap(([kind, say]) => {
    const of = problems.filter((problem) => problem.kind === kind);
    const concerned = of.flatMap((problem) => (kind === "silent" ? (problem.peers ?? []) : [problem.peer]));
    return of.length > 0 ? [{ text: say(of.length), peers: [...new Set(concerned)] }] : [];
  });
}

function short({ order, replicated }) {
  const peers = order.filter((peer) => takesPart(peer) && !peer.replicated).map((peer) => peer.id);
  if (peers.length > 0) return [{ text: `${count(peers.length, "peer")} ${peers.length === 1 ? "waits" : "wait"} for replicas`, peers }];
  return replicated || order.length === 0 ? [] : [{ text: "some neighbours do not fit together yet", peers: [] }];
}
