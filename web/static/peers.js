// The peers on the rim: what each is, what has just happened to it, and where
// it moves when the ring parts.

import { angle, point, visible } from "./circle.js";
import { bars, cross, disc, ringlet } from "./marks.js";
import { takesPart } from "./rings.js";
import { lasting } from "./state.js";

export const orbit = 34; // pixels between the rings of a ring that has parted
export const orbits = 5; // that are told apart
const drift = 26; // pixels from where a peer comes, and to where it goes

/** spot is where a peer is drawn: inside the rim if it leads to another ring than most. */
export function spot({ circle, now, calm }, peer, out = 0) {
  const moved = calm ? 1 : easeInOut((now - peer.movedAt) / lasting.move);
  const ring = peer.ringBefore + (peer.ring - peer.ringBefore) * moved;
  return point(circle, peer.at, out - orbit * Math.min(ring, orbits - 1));
}

const margin = 16; // of a peer, with all that is drawn round it

/** hollow is the radius of the middle, where no peer is. */
export const hollow = (circle, rings) => circle.r - orbit * (Math.min(Math.max(1, rings), orbits) - 1) - margin;

/** drawCells draws each cell: a peer, or a bar that stands for several. */
export function drawCells(view) {
  for (const cell of view.cells) {
    if (cell.peers.length === 1) {
      drawPeer(view, cell.peers[0]);
    } else {
      drawCrowd(view, cell);
    }
  }
}

/** drawPeer draws one peer. */
export function drawPeer(view, peer) {
  const { circle, colours, now, calm, dot } = view;
  const age = Math.min(1, (now - peer.bornAt) / lasting.join);
  const grown = calm ? 1 : easeOut(age);
  const p = spot(view, peer, (1 - grown) * drift);
  if (!visible(circle, p)) return;
  if (age < 1 && !calm) drawWave(view, p, age, colours.replicated);
  drawSuspicion(view, peer, p);
  if (now - peer.killedAt < lasting.crash) {
    drawCrash(view, p, (now - peer.killedAt) / lasting.crash);
    return;
  }
  drawState(view, peer, p, Math.max(1, dot * grown));
}

// A bar outwards as long as there are peers, in the parts that each state has.
function drawCrowd(view, { peers, from, to }) {
  const { ctx, circle, colours, now } = view;
  if (!visible(circle, point(circle, peers[0].at))) return;
  const long = 5 + 5 * Math.log2(peers.length);
  const parts = [
    [peers.filter((p) => takesPart(p) && p.replicated).length, colours.replicated],
    [peers.filter((p) => takesPart(p) && !p.replicated).length, colours.short],
    [peers.filter((p) => !takesPart(p)).length, colours.joining],
  ];
  let low = -long / 2;
  for (const [count, colour] of parts) {
    const high = low + (long * count) / peers.length;
    if (count > 0) drawBar(view, [from, to], [low, high], colour);
    low = high;
  }
  for (const peer of peers) {
    if (now - peer.suspectedAt < lasting.suspicion || now - peer.bornAt < lasting.join || now - peer.killedAt < lasting.crash || peer.ring > 0 || peer.paused) drawPeer(view, peer);
  }
  ctx.globalAlpha = 1;
}

function drawBar({ ctx, circle }, [from, to], [low, high], colour) {
  const space = 0.5 / circle.r; // between two bars, in radians
  ctx.beginPath();
  ctx.arc(circle.x, circle.y, circle.r + (low + high) / 2, angle(from) + space, angle(to) - space);
  ctx.strokeStyle = colour;
  ctx.lineWidth = high - low;
  ctx.stroke();
}

function drawSuspicion({ ctx, colours, now, dot }, peer, p) {
  const age = (now - peer.suspectedAt) / lasting.suspicion;
  if (age >= 1) return;
  ctx.globalAlpha = 1 - age ** 4;
  ringlet(ctx, p, dot + 3.5, colours.suspected, 2.5);
  ctx.globalAlpha = 1;
}

/** drawState draws the sign of what a peer is at a point. */
export function drawState({ ctx, colours }, peer, p, r) {
  const width = Math.min(2, r * 0.6);
  if (peer.paused) {
    disc(ctx, p, r + 1, colours.card);
    bars(ctx, p, r, colours.suspected, Math.min(2.5, r * 0.6));
  } else if (!peer.member) {
    ctx.setLineDash([2.5, 2]);
    ringlet(ctx, p, r, colours.joining, width, colours.card);
    ctx.setLineDash([]);
  } else if (peer.replicated) {
    disc(ctx, p, r, colours.replicated);
  } else {
    ringlet(ctx, p, r - width / 2, colours.short, width, colours.card);
  }
}

/** drawGhost draws a peer that has just gone. */
export function drawGhost(view, ghost) {
  const { ctx, colours, now, calm, dot } = view;
  const age = Math.min(1, (now - ghost.since) / (ghost.until - ghost.since));
  if (ghost.crashed) {
    drawCrash(view, spot(view, ghost), age);
    return;
  }
  ctx.globalAlpha = 1 - age;
  disc(ctx, spot(view, ghost, calm ? 0 : -drift * easeOut(age)), dot, colours.joining);
  ctx.globalAlpha = 1;
}

// A crash flashes in the first fifth of its time and fades in the rest.
function drawCrash(view, p, age) {
  const { ctx, colours, calm, dot } = view;
  if (!calm && age < 0.4) drawWave(view, p, age / 0.4, colours.crashed);
  ctx.globalAlpha = age < 0.2 ? 1 : 1 - (age - 0.2) / 0.8;
  cross(ctx, p, Math.max(4, dot), colours.crashed, 2.5);
  ctx.globalAlpha = 1;
}

function drawWave({ ctx, dot }, p, age, colour) {
  ctx.globalAlpha = 1 - age;
  ringlet(ctx, p, dot + 16 * age, colour, 2.5);
  ctx.globalAlpha = 1;
}

const easeOut = (t) => 1 - (1 - Math.max(0, t)) ** 3;

function easeInOut(t) {
  if (t >= 1) return 1;
  return t < 0 ? 0 : t * t * (3 - 2 * t);
}
