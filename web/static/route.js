// Drawing a lookup: numbered arrows in the order of its requests, then the
// owner, the replicas and the place of the key.

import { along, angle, bend, point, sway, warp } from "./circle.js";
import { diamond, disc, pointer } from "./marks.js";
import { fraction, shortID } from "./state.js";
import { millis } from "./words.js";

const legTime = 350; // milliseconds that an arrow takes to appear
const badgeRadius = 9;
const badgeSpots = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8]; // parts of the arrow, the best first

/** pathOf is a lookup's route as it is drawn; entry is the id of the peer where it entered. */
export const pathOf = (route, entry) => ({
  route,
  entry,
  hops: (route.hops ?? []).map((hop) => ({ id: shortID(hop.id), failed: hop.failed, ms: hop.ms, after: hop.why ? (hop.after ?? 0) : undefined, others: (hop.others ?? []).map((other) => shortID(other.id)) })),
  owner: route.owner?.peer ? shortID(route.owner.id) : "",
  replicas: (route.replicas ?? []).map((contact) => shortID(contact.id)),
  at: fraction(route.id),
  startedAt: performance.now(),
});

/** routeTime is how long the drawing of a path takes to unfold. */
export const routeTime = (path) => (legs(path).length + 1) * legTime;

/**
 * legs are the arrows of a path. Each starts at the last peer that had answered when it
 * was made; of an old recording, which does not say, at the last one before it.
 */
export function legs(path) {
  const answered = (hops) => path.hops.slice(0, hops).findLast((hop) => !hop.failed)?.id ?? path.entry;
  const list = path.hops.map((hop, i) => ({ ...hop, from: answered(hop.after ?? i), to: hop.id, number: i + 1 }))
    .filter(({ from, to }) => from && from !== to);
  const from = answered(path.hops.length);
  // The last peer asked names the owner; nothing travels there yet.
  if (path.owner && from && from !== path.owner) list.push({ from, to: path.owner, answer: true });
  return list;
}

/** drawRoute draws the path as far as it has unfolded and labels its ends. */
export function drawRoute(view, path, labels) {
  const age = view.calm ? Infinity : view.now - path.startedAt;
  const begun = legs(path).filter((_, i) => age > i * legTime).map((leg) => trace(view, leg));
  begun.forEach((leg) => drawOthers(view, leg));
  begun.forEach((leg, i) => drawLeg(view, leg, Math.min(1, age / legTime - i)));
  // No arrow may cross out a number.
  for (const leg of begun) if (leg.number) drawBadge(view, leg, labels);
  drawKey(view, path, labels);
  drawReplicas(view, path);
}

// Where it could have gone, and did not.
function drawOthers({ ctx, circle, colours }, { from, others = [] }) {
  const p = point(circle, fraction(from));
  ctx.strokeStyle = colours.soft;
  ctx.lineWidth = 1;
  ctx.setLineDash([1, 4]);
  for (const id of others) {
    const q = point(circle, fraction(id));
    const c = bend(circle, p, q, circle.r * 0.2);
    ctx.beginPath();
    ctx.moveTo(p.x, p.y);
    ctx.quadraticCurveTo(c.x, c.y, q.x, q.y);
    ctx.stroke();
  }
  ctx.setLineDash([]);
}

/** labelRoute names the ends of the path, once everything else has its place. */
export function labelRoute(view, path, labels) {
  const { ink } = view.colours;
  if (path.owner) labels.write("owner", fraction(path.owner), ink, true);
  if (path.entry && path.entry !== path.owner) labels.write("enters", fraction(path.entry), ink, true);
}

// trace adds the curve of a leg. It stops short of the dots, so that its head
// stays visible.
function trace({ circle, colours, dot }, leg) {
  const p = point(circle, fraction(leg.from), -dot - 5);
  const q = point(circle, fraction(leg.to), -dot - 5);
  const c = sway(bend(circle, p, q, circle.r * 0.4), p, q, circle.r * 0.1);
  return { ...leg, place: (t) => along(p, c, q, t), colour: leg.failed ? colours.crashed : colours.ink };
}

function drawLeg({ ctx }, { place, colour, answer, failed }, grown) {
  ctx.strokeStyle = colour;
  ctx.lineWidth = 2;
  ctx.setLineDash(answer || failed ? [6, 5] : []);
  strokeChord(ctx, place, grown);
  ctx.setLineDash([]);
  const [before, tip] = [place(Math.max(0, grown - 0.04)), place(grown)];
  pointer(ctx, tip, Math.atan2(tip.y - before.y, tip.x - before.x), 11, colour);
}

function strokeChord(ctx, place, grown) {
  const steps = 32;
  ctx.beginPath();
  for (let i = 0; i <= steps; i++) {
    const p = place((grown * i) / steps);
    ctx.lineTo(p.x, p.y);
  }
  ctx.stroke();
}

function drawBadge({ ctx, colours }, leg, labels) {
  const spot = badgeSpots.map(leg.place).find((p) => labels.reserve(p, badgeRadius));
  if (!spot) return;
  disc(ctx, spot, badgeRadius, leg.colour);
  ctx.save();
  ctx.fillStyle = colours.card;
  ctx.font = "600 11px system-ui, sans-serif";
  ctx.textAlign = "center";
  ctx.fillText(leg.number, spot.x, spot.y + 0.5);
  ctx.restore();
  if (leg.ms !== undefined) labels.beside(leg.failed ? "no answer" : millis(leg.ms), spot, badgeRadius, leg.colour);
}

function drawKey(view, path, labels) {
  if (path.at === null) return;
  const { ctx, circle, colours } = view;
  const size = 11;
  const out = 5; // from the rim to the tip
  pointer(ctx, point(circle, path.at, out), angle(warp(circle, path.at)) + Math.PI, size, colours.ink);
  labels.reserve(point(circle, path.at, out + size / 2), size / 2);
}

function drawReplicas(view, path) {
  const { ctx, circle, colours, dot } = view;
  for (const id of path.replicas) {
    diamond(ctx, point(circle, fraction(id)), dot + 6, colours.ink, id === path.owner ? 3 : 1.75);
  }
}
