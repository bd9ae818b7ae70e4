// The ring: the one state that the page shows, and word to all who show it.

import { empty, fold, forget } from "./state.js";

/** Ring emits "change" whenever it should be shown anew. */
export class Ring extends EventTarget {
  state = empty();

  /** take folds in a message of the stream, or of a recording.
   * @param {import("./types.js").Message} message @param {number} now */
  take(message, now) {
    fold(this.state, message, now);
    this.dispatchEvent(new Event("change"));
  }

  /** forget drops what has faded. */
  forget(now) {
    forget(this.state, now);
  }
}

/** keysOf is the number of live keys, each counted at its owner. */
export const keysOf = (state) => state.order.reduce((sum, peer) => sum + (peer.paused ? 0 : peer.keys), 0);

/**
 * step is the id that lies by places clockwise of id, which may have left the
 * ring meanwhile; without id, the first or the last.
 */
export function step({ order, peers }, id, by) {
  const n = order.length;
  if (n === 0) return "";
  if (!id) return order.at(by > 0 ? 0 : -1).id;
  const at = order.filter((peer) => peer.id < id).length;
  const skip = peers.has(id) || by < 0 ? by : by - 1;
  return order[(((at + skip) % n) + n) % n].id;
}
