// What a peer knows of the others: its arc, fingers, successors and predecessor.

import { angle, bend, point, warp } from "./circle.js";
import { ringlet, square } from "./marks.js";
import { spot } from "./peers.js";
import { fraction } from "./state.js";

/** drawArc draws what a peer owns: from its predecessor, without it, to itself. */
export function drawArc(view, peer) {
  if (!peer.pred) return;
  const { ctx, circle, colours } = view;
  const whole = peer.pred === peer.id;
  const to = warp(circle, peer.at);
  ctx.beginPath();
  ctx.arc(circle.x, circle.y, circle.r, angle(whole ? to - 1 : warp(circle, fraction(peer.pred))), angle(to));
  ctx.strokeStyle = colours.accent;
  ctx.lineWidth = 7;
  ctx.stroke();
}

/** drawFingers draws chords to them; one that is no longer there is dashed. */
export function drawFingers(view, peer) {
  const { ctx, circle, colours, state } = view;
  const p = spot(view, peer);
  ctx.lineWidth = 1.25;
  for (const id of peer.fingers) {
    const stale = !state.peers.has(id);
    const q = whereIs(view, id);
    const c = bend(circle, p, q, 36);
    ctx.globalAlpha = stale ? 1 : 0.7;
    ctx.setLineDash(stale ? [3, 4] : []);
    ctx.strokeStyle = stale ? colours.crashed : colours.accent;
    ctx.beginPath();
    ctx.moveTo(p.x, p.y);
    ctx.quadraticCurveTo(c.x, c.y, q.x, q.y);
    ctx.stroke();
  }
  ctx.setLineDash([]);
  ctx.globalAlpha = 1;
}

/** drawNeighbours rings the successors, and frames the predecessor. */
export function drawNeighbours(view, peer) {
  const { ctx, colours, dot } = view;
  for (const id of peer.succ) {
    if (id !== peer.id) ringlet(ctx, whereIs(view, id), dot + 3.5, colours.accent, 1.75);
  }
  if (peer.pred && peer.pred !== peer.id) square(ctx, whereIs(view, peer.pred), dot + 3.5, colours.accent, 1.75);
}

// One that is gone has its place on the rim all the same.
function whereIs(view, id) {
  const peer = view.state.peers.get(id);
  return peer ? spot(view, peer) : point(view.circle, fraction(id));
}
