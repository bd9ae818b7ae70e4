// The rings that the peers make: following first live successors from any peer
// ends in a cycle, and that is its ring. After a partition there are several.

/** takesPart tells whether a peer has a say about the ring: to the others, one that is paused is as good as dead.
 * @param {import("./types.js").View} peer */
export const takesPart = (peer) => peer.member && !peer.paused;

/**
 * ringsOf numbers the rings, the largest first, and says in which one each
 * member is. One that leads to none is in none.
 * @param {import("./types.js").Peer[]} order
 */
export function ringsOf(order) {
  const members = new Map(order.filter(takesPart).map((peer) => [peer.id, peer]));
  const found = new Map(); // id -> the id that stands for its ring, "" for none
  for (const id of members.keys()) follow(id, members, found);
  const sizes = new Map();
  for (const name of found.values()) if (name) sizes.set(name, (sizes.get(name) ?? 0) + 1);
  const names = [...sizes.keys()].sort((a, b) => sizes.get(b) - sizes.get(a) || (a < b ? -1 : 1));
  const numbers = new Map(names.map((name, i) => [name, i]));
  const of = new Map();
  for (const [id, name] of found) if (name) of.set(id, numbers.get(name));
  return { rings: names.length, of };
}

function follow(start, members, found) {
  const path = new Set();
  let at = start;
  while (at && !found.has(at) && !path.has(at)) {
    path.add(at);
    at = next(members.get(at), members);
  }
  // Back on its own way, it has gone round: where it came in stands for the ring.
  const ring = path.has(at) ? at : (found.get(at) ?? "");
  for (const id of path) found.set(id, ring);
}

// One whose list is empty is its own successor: so a ring begins.
function next(peer, members) {
  if (peer.succ.length === 0) return peer.id;
  return peer.succ.find((id) => members.has(id)) ?? "";
}
