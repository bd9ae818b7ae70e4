// The geometry of the drawn circle: position 0 at the top, clockwise.

const turn = 2 * Math.PI;

/** angle of a fraction of the circle, as canvas arcs count it. */
export const angle = (at) => at * turn - Math.PI / 2;

/** fit is the largest circle in a sheet that leaves room for labels outside it. */
export function fit(width, height) {
  const side = width < 480 ? 60 : 80;
  const r = Math.max(30, Math.min(width / 2 - side, height / 2 - 46));
  return { x: width / 2, y: height / 2, r, width, height };
}

/** point lies at a fraction of the circle, out pixels outside the rim. */
export function point(circle, at, out = 0) {
  const a = angle(at);
  return { x: circle.x + (circle.r + out) * Math.cos(a), y: circle.y + (circle.r + out) * Math.sin(a) };
}

/**
 * bend is the control point of a chord. It is drawn in towards the centre, by
 * least pixels or more, so that a chord between neighbours leaves the rim.
 */
export function bend(circle, p, q, least) {
  const mid = { x: (p.x + q.x) / 2, y: (p.y + q.y) / 2 };
  const inward = { x: circle.x - mid.x, y: circle.y - mid.y };
  const depth = Math.hypot(inward.x, inward.y);
  if (depth < 1) return mid;
  const pull = Math.min(depth, Math.max(least, Math.hypot(p.x - q.x, p.y - q.y) / 3)) / depth;
  return { x: mid.x + inward.x * pull, y: mid.y + inward.y * pull };
}

/** sway moves a control point to the left of the way from p to q, so that there and back are two curves. */
export function sway(c, p, q, by) {
  const length = Math.max(1, Math.hypot(q.x - p.x, q.y - p.y));
  return { x: c.x + ((q.y - p.y) / length) * by, y: c.y - ((q.x - p.x) / length) * by };
}

/** along is the point at t (0 to 1) of the chord from p by c to q. */
export function along(p, c, q, t) {
  const u = 1 - t;
  return {
    x: u * u * p.x + 2 * u * t * c.x + t * t * q.x,
    y: u * u * p.y + 2 * u * t * c.y + t * t * q.y,
  };
}

/** dotRadius shrinks the peers until they have room on the rim. */
export const dotRadius = (circle, peers) => Math.min(8, Math.max(2.6, (turn * circle.r * 0.3) / Math.max(1, peers)));

/** share is the part of the circle on the arc (from, to]; all of it when both are the same. */
export function share(from, to) {
  const part = to - from;
  return part > 0 ? part : part + 1;
}
