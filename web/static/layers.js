// Layers: what each arc holds, told in colours outside the rim.

import { angle, dotRadius, warp } from "./circle.js";
import { takesPart } from "./rings.js";
import { fraction } from "./state.js";

export const shades = 5;

/** drawLayer colours the arcs by what the viewer asked for. */
export function drawLayer(view) {
  const { state, selection, colours } = view;
  if (selection.layer === "keys") {
    const most = mostKeys(state.order);
    for (const peer of state.order) if (takesPart(peer)) drawBand(view, peer, colours[`shade-${shadeOf(peer.keys, most)}`]);
  }
  if (selection.layer === "replicas") {
    for (const peer of state.order) if (takesPart(peer) && !peer.replicated) drawBand(view, peer, colours.short);
  }
}

/** mostKeys is the largest number of keys that a peer owns. */
export const mostKeys = (order) => order.reduce((most, peer) => Math.max(most, peer.keys), 0);

// shadeOf is the shade of a number of keys: 0 is none.
const shadeOf = (keys, most) => (keys === 0 ? 0 : Math.min(shades - 1, 1 + Math.floor(((shades - 1) * (keys - 1)) / Math.max(1, most))));

function drawBand({ ctx, circle, state }, peer, colour) {
  const start = peer.pred && peer.pred !== peer.id ? fraction(peer.pred) : peer.at - 1;
  let [from, to] = [warp(circle, start), warp(circle, peer.at)];
  if (from > to) from -= 1;
  ctx.beginPath();
  ctx.arc(circle.x, circle.y, circle.r + dotRadius(circle, state.order.length) + 10, angle(from), angle(to));
  ctx.strokeStyle = colour;
  ctx.lineWidth = 7;
  ctx.stroke();
}
