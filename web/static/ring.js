// The model: what the stream has told of the ring, and since when, so that the
// canvas can animate what is new.

/** How long each kind of change stays visible, in milliseconds. */
export const lasting = { join: 700, leave: 900, crash: 2000, suspicion: 5000 };

// A verdict that comes this long before a peer vanishes still explains it.
const verdictHolds = 15_000;

/** shortID turns a position of any length into the 16 digits that name a peer here. */
export const shortID = (position) => (position ?? "").slice(0, 16);

/** fraction is a position as a part of the circle: 13 digits are all that a double holds. */
export const fraction = (id) => Number.parseInt(id.slice(0, 13), 16) / 16 ** 13;

/** Ring emits "change" whenever it should be shown anew. */
export class Ring extends EventTarget {
  name = "";
  lab = false;
  recorded = false; // a recording is shown
  wellFormed = false;
  problem = "";
  replicated = false;
  known = false; // a snapshot has come
  peers = new Map(); // by id; a peer is its View and the times below
  order = []; // the peers, clockwise from position 0
  ghosts = []; // peers that have just gone, until they have faded
  busyUntil = 0; // time until which something animates
  #verdicts = new Map(); // id -> {crashed, at}

  /**
   * snapshot replaces everything; what is new against the last one is animated.
   * Of a recording it is another time, and nothing leads there.
   */
  snapshot(message, now) {
    this.recorded = Boolean(message.replay);
    if (this.recorded) this.#forgetAll();
    const first = !this.known || this.recorded;
    const present = new Set(message.peers.map((view) => view.id));
    const gone = [...this.peers.keys()].filter((id) => !present.has(id));
    this.known = true;
    this.name = message.ring;
    this.lab = message.lab;
    this.#update(message, gone, first ? -Infinity : now, now);
  }

  /** delta applies the changes of one message. */
  delta(message, now) {
    for (const event of message.events ?? []) this.#witness(event, now);
    this.#update(message, message.gone ?? [], now, now);
  }

  /** keys is the number of live keys, each counted at its owner. */
  get keys() {
    return this.order.reduce((sum, peer) => sum + peer.keys, 0);
  }

  /**
   * step is the id that lies by places clockwise of id, which may have left the
   * ring meanwhile; without id, the first or the last.
   */
  step(id, by) {
    const n = this.order.length;
    if (n === 0) return "";
    if (!id) return this.order.at(by > 0 ? 0 : -1).id;
    const at = this.order.filter((peer) => peer.id < id).length;
    const skip = this.peers.has(id) || by < 0 ? by : by - 1;
    return this.order[(((at + skip) % n) + n) % n].id;
  }

  /** forget drops the ghosts that have faded. */
  forget(now) {
    this.ghosts = this.ghosts.filter((ghost) => now < ghost.until);
  }

  #forgetAll() {
    this.peers.clear();
    this.#verdicts.clear();
    this.ghosts = [];
  }

  #update(message, gone, born, now) {
    this.wellFormed = message.well_formed;
    this.problem = message.problem ?? "";
    this.replicated = message.replicated;
    for (const id of gone) this.#remove(id, now);
    for (const view of message.peers ?? []) this.#upsert(view, born, now);
    this.order = [...this.peers.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    this.dispatchEvent(new Event("change"));
  }

  #upsert(view, born, now) {
    const old = this.peers.get(view.id);
    const times = old ?? { at: fraction(view.id), bornAt: born, suspectedAt: -Infinity, killedAt: -Infinity };
    this.peers.set(view.id, {
      at: times.at,
      bornAt: times.bornAt,
      suspectedAt: times.suspectedAt,
      killedAt: times.killedAt,
      ...view,
      succ: view.succ ?? [],
      fingers: view.fingers ?? [],
    });
    if (!old && born === now) this.#busy(now + lasting.join);
  }

  #remove(id, now) {
    const peer = this.peers.get(id);
    if (!peer) return;
    this.peers.delete(id);
    const verdict = this.#verdicts.get(id);
    const crashed = verdict !== undefined && verdict.crashed && now - verdict.at < verdictHolds;
    const since = crashed && peer.killedAt > 0 ? peer.killedAt : now;
    this.ghosts.push({ ...peer, crashed, since, until: 0 });
    this.#fade(this.ghosts.at(-1));
  }

  #fade(ghost) {
    ghost.until = ghost.since + (ghost.crashed ? lasting.crash : lasting.leave);
    this.#busy(ghost.until);
  }

  // Word of a crash may come before or after the peer is missing.
  #witness(event, now) {
    const id = shortID((event.about ?? event.peer)?.id);
    if (event.kind === "suspected") this.#suspect(id, now);
    if (event.kind === "dead" || event.kind === "killed") this.#judge(id, true, now);
    if (event.kind === "departed" || event.kind === "left") this.#judge(id, false, now);
    if (event.kind === "killed") this.#strike(id, now);
  }

  #suspect(id, now) {
    const peer = this.peers.get(id);
    if (!peer) return;
    peer.suspectedAt = now;
    this.#busy(now + lasting.suspicion);
  }

  #strike(id, now) {
    const peer = this.peers.get(id);
    if (!peer) return;
    peer.killedAt = now;
    this.#busy(now + lasting.crash);
  }

  #judge(id, crashed, now) {
    for (const [old, verdict] of this.#verdicts) {
      if (now - verdict.at > verdictHolds) this.#verdicts.delete(old);
    }
    this.#verdicts.set(id, { crashed, at: now });
    const ghost = this.ghosts.find((g) => g.id === id);
    if (!ghost || !crashed || ghost.crashed) return;
    ghost.crashed = true;
    this.#fade(ghost);
  }

  #busy(until) {
    this.busyUntil = Math.max(this.busyUntil, until);
  }
}
