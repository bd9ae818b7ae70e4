// The geometry of the drawn circle: position 0 at the top, clockwise. A circle
// may be larger than its sheet, where the viewer has zoomed in, and may have a
// lens, under which the rim is stretched.

/**
 * @typedef {{at: number, power: number}} Lens at is the fraction of the circle in its middle; power 0 is none
 * @typedef {{x: number, y: number, r: number, width: number, height: number, lens?: Lens}} Circle
 * @typedef {{x: number, y: number}} Point
 */

const turn = 2 * Math.PI;
const reach = 0.1; // of a lens, to either side

/** angle of a fraction of the circle, as canvas arcs count it. */
export const angle = (at) => at * turn - Math.PI / 2;

/** fit is the largest circle in a sheet that leaves room for labels outside it. */
export function fit(width, height) {
  const side = width < 480 ? 60 : 80;
  const r = Math.max(30, Math.min(width / 2 - side, height / 2 - 46));
  return { x: width / 2, y: height / 2, r, width, height };
}

/** warp is where the lens moves a fraction of the circle to; the ends of its reach stay.
 * @param {Circle} circle @param {number} at */
export function warp({ lens }, at) {
  if (!lens || lens.power < 0.01) return at;
  const off = apart(lens.at, at);
  const t = Math.abs(off) / reach;
  if (t >= 1) return at;
  return lens.at + Math.sign(off) * reach * (((lens.power + 1) * t) / (lens.power * t + 1));
}

/** apart is the way from one fraction to another, the short way round: -0.5 to 0.5. */
export const apart = (from, to) => ((((to - from + 0.5) % 1) + 1) % 1) - 0.5;

/** place lies at a fraction of the circle, out pixels outside the rim, with no lens.
 * @returns {Point} */
export function place(circle, at, out = 0) {
  const a = angle(at);
  return { x: circle.x + (circle.r + out) * Math.cos(a), y: circle.y + (circle.r + out) * Math.sin(a) };
}

/** point is place under the lens. */
export const point = (circle, at, out = 0) => place(circle, warp(circle, at), out);

/** fractionAt is the fraction of the circle in whose direction a point of the sheet lies. */
export function fractionAt(circle, p) {
  const at = (Math.atan2(p.y - circle.y, p.x - circle.x) + Math.PI / 2) / turn;
  return at < 0 ? at + 1 : at;
}

/** visible tells whether a point is on the sheet, or not far off. */
export const visible = ({ width, height }, p, off = 30) => p.x > -off && p.y > -off && p.x < width + off && p.y < height + off;

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

/** gap is how many pixels of the rim a peer has, if they lie evenly. */
export const gap = (circle, peers) => (turn * circle.r) / Math.max(1, peers);

/** dotRadius shrinks the peers until they have room on the rim. */
export const dotRadius = (circle, peers) => Math.min(8, Math.max(2.6, 0.3 * gap(circle, peers)));

/** share is the part of the circle on the arc (from, to]; all of it when both are the same. */
export function share(from, to) {
  const part = to - from;
  return part > 0 ? part : part + 1;
}
