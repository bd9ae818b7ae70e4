// The viewport: how far the viewer has zoomed in, and where to. It goes to
// where it should be in a few frames, and never jumps.

import { fractionAt } from "./circle.js";

const most = 40; // times the whole ring
const haste = 90; // milliseconds in which two thirds of the way are gone
const lensPower = 7;

/** Viewport turns the circle that fits the sheet into the one that is drawn. */
export class Viewport {
  #now = { scale: 1, x: 0, y: 0, lens: 0 };
  #goal = { scale: 1, x: 0, y: 0, lens: 0 };
  #seen = 0; // time of the last frame
  lensAt = 0;

  /** moving tells whether it is still on its way. */
  get moving() {
    return Object.keys(this.#goal).some((k) => this.#now[k] !== this.#goal[k]);
  }

  get zoomed() {
    return this.#goal.scale > 1;
  }

  get scale() {
    return this.#goal.scale;
  }

  /** circle is what to draw at a time, from the one that fits. */
  circle(fitted, now, calm) {
    this.#approach(now, calm);
    const { scale, x, y, lens } = this.#now;
    return { ...fitted, x: fitted.x + x, y: fitted.y + y, r: fitted.r * scale, lens: { at: this.lensAt, power: lens * lensPower } };
  }

  /** goal is the circle that it is on its way to. */
  goal(fitted) {
    const { scale, x, y } = this.#goal;
    return { ...fitted, x: fitted.x + x, y: fitted.y + y, r: fitted.r * scale };
  }

  /** zoom magnifies by a factor and leaves the point p of the sheet where it is. */
  zoom(fitted, by, p = fitted) {
    const goal = this.#goal;
    const scale = Math.min(most, Math.max(1, goal.scale * by));
    const k = scale / goal.scale;
    goal.x = p.x - fitted.x - k * (p.x - fitted.x - goal.x);
    goal.y = p.y - fitted.y - k * (p.y - fitted.y - goal.y);
    goal.scale = scale;
    this.#keepInside(fitted);
  }

  /** pan moves the ring by so many pixels, at once: it hangs on the pointer. */
  pan(fitted, dx, dy) {
    if (!this.zoomed) return;
    this.#goal.x += dx;
    this.#goal.y += dy;
    this.#keepInside(fitted);
    Object.assign(this.#now, { x: this.#goal.x, y: this.#goal.y });
  }

  /** whole shows all of the ring again. */
  whole() {
    Object.assign(this.#goal, { scale: 1, x: 0, y: 0 });
  }

  /** show brings a place on the circle near, unless it is in sight already. */
  show(fitted, p) {
    const { scale } = this.#goal;
    const [x, y] = [this.#goal.x + (p.x - fitted.x) * scale, this.#goal.y + (p.y - fitted.y) * scale];
    const inside = Math.abs(x) < fitted.width / 2 - 40 && Math.abs(y) < fitted.height / 2 - 40;
    if (inside) return;
    Object.assign(this.#goal, { x: -(p.x - fitted.x) * scale, y: -(p.y - fitted.y) * scale });
  }

  /** look puts the lens over a point of the sheet, or takes it away. */
  look(circle, p) {
    if (p) this.lensAt = fractionAt(circle, p);
    this.#goal.lens = p ? 1 : 0;
  }

  #keepInside({ r }) {
    const { scale } = this.#goal;
    const far = r * scale;
    for (const axis of ["x", "y"]) this.#goal[axis] = scale === 1 ? 0 : Math.min(far, Math.max(-far, this.#goal[axis]));
  }

  #approach(now, calm) {
    const part = calm ? 1 : 1 - Math.exp(-Math.min(100, now - this.#seen) / haste);
    this.#seen = now;
    for (const [k, goal] of Object.entries(this.#goal)) {
      const left = goal - this.#now[k];
      const close = Math.abs(left) < (k === "scale" || k === "lens" ? 0.002 : 0.3);
      this.#now[k] = close ? goal : this.#now[k] + left * part;
    }
  }
}
