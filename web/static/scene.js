// The picture: one function a layer, from the rim up to the labels. A view is
// {ctx, circle, colours, ring, selection, now, calm}.

import { angle, bend, dotRadius, point } from "./circle.js";
import { Labels } from "./labels.js";
import { cross, disc, ringlet, square } from "./marks.js";
import { fraction, lasting } from "./ring.js";
import { drawRoute, labelRoute } from "./route.js";
import { brief } from "./words.js";

// Up to this many peers every one is named, where there is room.
const nameable = 40;

/** paint draws the ring as it is at view.now. */
export function paint(view) {
  const { ctx, circle, ring, selection } = view;
  ctx.clearRect(0, 0, circle.width, circle.height);
  if (!ring.known) return;
  view.dot = dotRadius(circle, ring.order.length);
  const focus = ring.peers.get(selection.hovered) ?? ring.peers.get(selection.selected);
  const labels = new Labels(ctx, circle, view.dot + 9);
  drawRim(view);
  if (focus) drawArc(view, focus);
  if (focus) drawFingers(view, focus);
  for (const ghost of ring.ghosts) drawGhost(view, ghost);
  for (const peer of ring.order) drawPeer(view, peer);
  if (focus) drawNeighbours(view, focus);
  drawChosen(view);
  if (selection.path) drawRoute(view, selection.path, labels);
  drawLabels(view, labels, focus);
}

function drawRim(view) {
  const { ctx, circle, colours } = view;
  ringlet(ctx, circle, circle.r, colours.rim, 1.5);
  for (const at of [0, 0.25, 0.5, 0.75]) {
    line(ctx, point(circle, at, -22), point(circle, at, -14), colours.rim, 1.5);
  }
}

function line(ctx, p, q, colour, width) {
  ctx.beginPath();
  ctx.moveTo(p.x, p.y);
  ctx.lineTo(q.x, q.y);
  ctx.strokeStyle = colour;
  ctx.lineWidth = width;
  ctx.stroke();
}

// The arc that a peer owns: from its predecessor, without it, to itself.
function drawArc(view, peer) {
  if (!peer.pred) return;
  const { ctx, circle, colours } = view;
  const from = fraction(peer.pred);
  const whole = peer.pred === peer.id;
  ctx.beginPath();
  ctx.arc(circle.x, circle.y, circle.r, angle(whole ? peer.at - 1 : from), angle(peer.at));
  ctx.strokeStyle = colours.accent;
  ctx.lineWidth = 7;
  ctx.stroke();
}

function drawFingers(view, peer) {
  const { ctx, circle, colours } = view;
  const p = point(circle, peer.at);
  ctx.globalAlpha = 0.7;
  for (const id of peer.fingers) {
    const q = point(circle, fraction(id));
    const c = bend(circle, p, q, 36);
    ctx.beginPath();
    ctx.moveTo(p.x, p.y);
    ctx.quadraticCurveTo(c.x, c.y, q.x, q.y);
    ctx.strokeStyle = colours.accent;
    ctx.lineWidth = 1.25;
    ctx.stroke();
  }
  ctx.globalAlpha = 1;
}

function drawPeer(view, peer) {
  const { circle, colours, now, calm, dot } = view;
  const age = Math.min(1, (now - peer.bornAt) / lasting.join);
  const grown = calm ? 1 : easeOut(age);
  const p = point(circle, peer.at, (1 - grown) * 26);
  if (age < 1 && !calm) drawWave(view, p, age, colours.replicated);
  drawSuspicion(view, peer, p);
  if (now - peer.killedAt < lasting.crash) return drawCrash(view, p, (now - peer.killedAt) / lasting.crash);
  drawState(view, peer, p, Math.max(1, dot * grown));
}

function drawSuspicion({ ctx, colours, now, dot }, peer, p) {
  const age = (now - peer.suspectedAt) / lasting.suspicion;
  if (age >= 1) return;
  ctx.globalAlpha = 1 - age ** 4;
  ringlet(ctx, p, dot + 3.5, colours.suspected, 2.5);
  ctx.globalAlpha = 1;
}

function drawState({ ctx, colours }, peer, p, r) {
  const width = Math.min(2, r * 0.6);
  if (!peer.member) {
    ctx.setLineDash([2.5, 2]);
    ringlet(ctx, p, r, colours.joining, width, colours.card);
    ctx.setLineDash([]);
  } else if (peer.replicated) {
    disc(ctx, p, r, colours.replicated);
  } else {
    ringlet(ctx, p, r - width / 2, colours.short, width, colours.card);
  }
}

function drawGhost(view, ghost) {
  const { ctx, circle, colours, now, calm, dot } = view;
  const age = Math.min(1, (now - ghost.since) / (ghost.until - ghost.since));
  if (ghost.crashed) return drawCrash(view, point(circle, ghost.at), age);
  ctx.globalAlpha = 1 - age;
  disc(ctx, point(circle, ghost.at, calm ? 0 : -26 * easeOut(age)), dot, colours.joining);
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

function drawNeighbours({ ctx, circle, colours, dot }, peer) {
  for (const id of peer.succ) {
    if (id !== peer.id) ringlet(ctx, point(circle, fraction(id)), dot + 3.5, colours.accent, 1.75);
  }
  if (peer.pred && peer.pred !== peer.id) {
    square(ctx, point(circle, fraction(peer.pred)), dot + 3.5, colours.accent, 1.75);
  }
}

function drawChosen({ ctx, circle, colours, ring, selection, dot }) {
  const selected = ring.peers.get(selection.selected);
  if (selected) {
    const p = point(circle, selected.at);
    disc(ctx, p, dot + 4.5, colours.card);
    ringlet(ctx, p, dot + 4, colours.ink, 2.5);
    disc(ctx, p, dot + 0.5, colours.accent);
  }
  const hovered = ring.peers.get(selection.hovered);
  if (hovered) ringlet(ctx, point(circle, hovered.at), dot + 3, colours.ink, 2);
}

function drawLabels(view, labels, focus) {
  const { ring, selection, colours } = view;
  const digits = view.circle.width < 480 ? 4 : 8;
  const name = (peer, colour, far) => labels.write(brief(peer.id).slice(0, digits), peer.at, colour, far);
  const selected = ring.peers.get(selection.selected);
  if (selected) name(selected, colours.ink, true);
  if (focus && focus !== selected) name(focus, colours.ink, true);
  if (selection.path) labelRoute(view, selection.path, labels);
  for (const peer of ring.order.length > nameable ? [] : ring.order) {
    if (peer !== selected && peer !== focus) name(peer, colours.soft, false);
  }
  labels.write("0", 0, colours.soft, false);
}

const easeOut = (t) => 1 - (1 - Math.max(0, t)) ** 3;
