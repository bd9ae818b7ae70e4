// The picture: one function a layer, from the rim up to the labels. A view is
// {ctx, circle, colours, state, selection, now, calm} and, while it is painted,
// {dot, cells}.

import { cellsOf, isCrowded } from "./cells.js";
import { dotRadius, gap, point, visible } from "./circle.js";
import { drawFlows } from "./flows.js";
import { Labels } from "./labels.js";
import { drawLayer } from "./layers.js";
import { cross, disc, line, ringlet } from "./marks.js";
import { drawCells, drawGhost, drawPeer, drawState, orbit, orbits, spot } from "./peers.js";
import { takesPart } from "./rings.js";
import { drawRoute, labelRoute } from "./route.js";
import { drawArc, drawFingers, drawNeighbours } from "./tables.js";
import { brief } from "./words.js";

// Up to this many peers in sight every one is named, where there is room.
const nameable = 60;
const roomForName = 12; // pixels of the rim

/** paint draws the ring as it is at view.now. */
export function paint(view) {
  const { ctx, circle, state, selection } = view;
  ctx.clearRect(0, 0, circle.width, circle.height);
  if (!state.known) return;
  const count = state.order.length;
  view.dot = dotRadius(circle, count);
  view.cells = isCrowded(circle, count) ? cellsOf(circle, state.order) : state.order.map((peer) => ({ peers: [peer] }));
  const focus = state.peers.get(selection.hovered) ?? state.peers.get(selection.selected);
  const labels = new Labels(ctx, circle, view.dot + 9 + (selection.layer === "none" ? 0 : 10));
  drawRim(view);
  drawLayer(view);
  drawFlows(view);
  if (focus) drawArc(view, focus);
  if (focus) drawFingers(view, focus);
  for (const ghost of state.ghosts) drawGhost(view, ghost);
  drawCells(view);
  drawMarked(view);
  if (focus) drawNeighbours(view, focus);
  drawChosen(view);
  if (selection.path) drawRoute(view, selection.path, labels);
  drawLabels(view, labels, focus);
}

function drawRim(view) {
  const { ctx, circle, colours, state } = view;
  for (let ring = 0; ring < Math.min(Math.max(1, state.rings), orbits); ring++) ringlet(ctx, circle, Math.max(1, circle.r - orbit * ring), colours.rim, 1.5);
  for (const at of [0, 0.25, 0.5, 0.75]) {
    line(ctx, point(circle, at, -22), point(circle, at, -14), colours.rim, 1.5);
  }
}

// Those that something else speaks of have a halo; whose death is thought of, a cross.
function drawMarked(view) {
  const { ctx, colours, state, selection, dot } = view;
  for (const id of selection.marked) {
    const peer = state.peers.get(id);
    if (peer) ringlet(ctx, spot(view, peer), dot + 5, colours.marked, 3);
  }
  for (const id of selection.doomed) {
    const peer = state.peers.get(id);
    if (peer) cross(ctx, spot(view, peer), dot + 4, colours.crashed, 2.5);
  }
}

function drawChosen(view) {
  const { ctx, colours, state, selection, dot } = view;
  const selected = state.peers.get(selection.selected);
  if (selected) {
    const p = spot(view, selected);
    disc(ctx, p, dot + 4.5, colours.card);
    ringlet(ctx, p, dot + 4, colours.ink, 2.5);
    if (takesPart(selected) && selected.replicated) disc(ctx, p, dot + 0.5, colours.accent);
    else drawState(view, selected, p, dot);
  }
  const hovered = state.peers.get(selection.hovered);
  if (hovered && hovered !== selected) drawPeer(view, hovered);
  if (hovered) ringlet(ctx, spot(view, hovered), dot + 3, colours.ink, 2);
}

function drawLabels(view, labels, focus) {
  const { state, selection, colours, circle } = view;
  const digits = circle.width < 480 ? 4 : 8;
  const name = (peer, colour, far) => labels.write(brief(peer.id).slice(0, digits), peer.at, colour, far);
  const selected = state.peers.get(selection.selected);
  if (selected) name(selected, colours.ink, true);
  if (focus && focus !== selected) name(focus, colours.ink, true);
  if (selection.path) labelRoute(view, selection.path, labels);
  for (const peer of named(view)) {
    if (peer !== selected && peer !== focus) name(peer, colours.soft, false);
  }
  labels.write("0", 0, colours.soft, false);
}

function named({ circle, state }) {
  if (gap(circle, state.order.length) < roomForName) return [];
  const inSight = state.order.filter((peer) => visible(circle, point(circle, peer.at), 0));
  return inSight.length > nameable ? [] : inSight;
}
