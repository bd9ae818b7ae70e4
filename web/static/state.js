// The state that the page shows, and how messages fold into it. A ring that
// runs, a testnet, a recording and the last minutes kept all come this way.
// Nothing here knows of a page or a clock: now is handed in.

import { judge } from "./judge.js";
import { ringsOf } from "./rings.js";

/** @import { Happening, Message, State, View } from "./types.js" */

/** How long each kind of change stays visible, in milliseconds. */
export const lasting = { join: 700, leave: 900, crash: 2000, suspicion: 5000, move: 800 };

/** How many events are remembered. */
export const remembered = 400;

// A verdict that comes this long before a peer vanishes still explains it.
const verdictHolds = 15_000;

/** shortID turns a position of any length into the 16 digits that name a peer here. */
export const shortID = (position) => (position ?? "").slice(0, 16);

/** fraction is a position as a part of the circle: 13 digits are all that a double holds. */
export const fraction = (id) => Number.parseInt(id.slice(0, 13), 16) / 16 ** 13;

/** empty is the state before any message.
 * @returns {State} */
export const empty = () => ({
  known: false, name: "", lab: false, recorded: false,
  wellFormed: false, problem: "", problems: [], replicated: false,
  peers: new Map(), order: [], flows: [], ghosts: [], rings: 0, busyUntil: 0, verdicts: new Map(),
  events: [], operations: [], told: 0, jumps: 0, counts: new Map(),
});

/** fold takes a message into a state. Of what is shown for the first time, nothing animates.
 * @param {State} state @param {Message} message @param {number} now */
export function fold(state, message, now) {
  if (message.type === "snapshot") {
    takeSnapshot(state, message, now);
  } else {
    tell(state, message.events ?? [], message.more ?? {});
    for (const event of message.events ?? []) witness(state, event, now);
    update(state, message, message.gone ?? [], now, now);
  }
  return state;
}

/** forget drops the ghosts that have faded. */
export function forget(state, now) {
  state.ghosts = state.ghosts.filter((ghost) => now < ghost.until);
}

// What is new against the last snapshot is animated; but a recording shows
// another time, and nothing leads there.
function takeSnapshot(state, message, now) {
  const recorded = Boolean(message.replay);
  const jump = recorded || state.recorded || !state.known;
  if (jump) Object.assign(state, empty(), { jumps: state.jumps + 1 });
  const present = new Set(message.peers.map((view) => view.id));
  const gone = [...state.peers.keys()].filter((id) => !present.has(id));
  Object.assign(state, { known: true, recorded, name: message.ring, lab: message.lab });
  if (jump) tell(state, message.log ?? [], {});
  update(state, message, gone, jump ? -Infinity : now, now);
}

function update(state, message, gone, born, now) {
  state.replicated = message.replicated;
  if (message.flows) state.flows = message.flows;
  for (const id of gone) remove(state, id, now);
  for (const view of message.peers ?? []) upsert(state, view, born, now);
  state.order = [...state.peers.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  if (gone.length > 0 || message.peers?.length) part(state, born, now);
  if (message.well_formed === undefined) {
    Object.assign(state, judge(state.order));
  } else {
    state.wellFormed = message.well_formed;
    state.problem = message.problem ?? "";
    if (message.problems) state.problems = message.problems;
  }
}

// A peer that goes over to another ring moves there.
function part(state, born, now) {
  const { rings, of } = ringsOf(state.order);
  state.rings = rings;
  for (const peer of state.order) {
    const ring = of.get(peer.id) ?? 0;
    if (ring === peer.ring) continue;
    peer.ringBefore = born === -Infinity || peer.bornAt === now ? ring : peer.ring;
    peer.ring = ring;
    peer.movedAt = now;
    busy(state, now + lasting.move);
  }
}

/** @param {State} state @param {View} view @param {number} born @param {number} now */
function upsert(state, view, born, now) {
  const old = state.peers.get(view.id);
  const seen = old ?? {
    at: fraction(view.id), bornAt: born, suspectedAt: -Infinity, killedAt: -Infinity, ring: 0, ringBefore: 0, movedAt: -Infinity,
  };
  const { at, bornAt, suspectedAt, killedAt, ring, ringBefore, movedAt } = seen;
  state.peers.set(view.id, {
    ...view, succ: view.succ ?? [], fingers: view.fingers ?? [], at, bornAt, suspectedAt, killedAt, ring, ringBefore, movedAt,
  });
  if (!old && born === now) busy(state, now + lasting.join);
}

function remove(state, id, now) {
  const peer = state.peers.get(id);
  if (!peer) return;
  state.peers.delete(id);
  const verdict = state.verdicts.get(id);
  const crashed = verdict !== undefined && verdict.crashed && now - verdict.at < verdictHolds;
  const since = crashed && peer.killedAt > 0 ? peer.killedAt : now;
  const ghost = { ...peer, crashed, since, until: 0 };
  state.ghosts.push(ghost);
  fade(state, ghost);
}

function fade(state, ghost) {
  ghost.until = ghost.since + (ghost.crashed ? lasting.crash : lasting.leave);
  busy(state, ghost.until);
}

function tell(state, events, more) {
  for (const { kind } of events) count(state, kind, 1);
  for (const [kind, n] of Object.entries(more)) count(state, kind, n);
  state.events = [...events.slice(-remembered).reverse(), ...state.events].slice(0, remembered);
  const operations = events.filter(({ kind }) => kind === "lookup" || kind === "stored").slice(-remembered);
  state.operations = [...operations.reverse(), ...state.operations].slice(0, remembered);
  state.told += events.length;
}

const count = (state, kind, n) => state.counts.set(kind, (state.counts.get(kind) ?? 0) + n);

// Word of a crash may come before or after the peer is missing.
/** @param {State} state @param {Happening} event @param {number} now */
function witness(state, event, now) {
  const id = shortID((event.about ?? event.peer)?.id);
  const { kind } = event;
  if (kind === "suspected") mark(state, id, "suspectedAt", lasting.suspicion, now);
  if (kind === "dead" || kind === "killed") explain(state, id, true, now);
  if (kind === "departed" || kind === "left") explain(state, id, false, now);
  if (kind === "killed") mark(state, id, "killedAt", lasting.crash, now);
}

function mark(state, id, what, lasts, now) {
  const peer = state.peers.get(id);
  if (!peer) return;
  peer[what] = now;
  busy(state, now + lasts);
}

function explain(state, id, crashed, now) {
  for (const [old, verdict] of state.verdicts) {
    if (now - verdict.at > verdictHolds) state.verdicts.delete(old);
  }
  state.verdicts.set(id, { crashed, at: now });
  const ghost = state.ghosts.find((g) => g.id === id);
  if (!ghost || !crashed || ghost.crashed) return;
  ghost.crashed = true;
  fade(state, ghost);
}

function busy(state, until) {
  state.busyUntil = Math.max(state.busyUntil, until);
}
