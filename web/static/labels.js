// Text on the canvas. A label that would cover another, or a mark, is moved
// outwards and in the end left out: no text may overlap.

import { angle, warp } from "./circle.js";

const height = 14;
const steps = [0, 16, 32, 48]; // how much further out a label may move

/** Labels places text outside the rim, the most important first. */
export class Labels {
  #taken = [];

  /** out is the distance from the rim that clears the marks on it. */
  constructor(ctx, circle, out) {
    this.out = out;
    this.ctx = ctx;
    this.circle = circle;
    ctx.font = "12px ui-monospace, 'Cascadia Mono', Menlo, Consolas, monospace";
    ctx.textBaseline = "middle";
  }

  /** reserve keeps labels off a square round p; it reports false where something is already. */
  reserve(p, size) {
    const box = { left: p.x - size, top: p.y - size, right: p.x + size, bottom: p.y + size };
    if (this.#hits(box)) return false;
    this.#taken.push(box);
    return true;
  }

  /** write puts text beside a place on the rim; only at the rim itself unless far is set. */
  write(text, at, colour, far = false) {
    const width = this.ctx.measureText(text).width;
    for (const step of far ? steps : steps.slice(0, 1)) {
      const box = this.#beside(at, this.out + step, width);
      if (this.#hits(box)) continue;
      this.#taken.push(box);
      this.#draw(text, box, colour);
      return;
    }
  }

  /** beside puts text to the right of a badge, or to the left; nowhere if both are taken. */
  beside(text, p, r, colour) {
    const width = this.ctx.measureText(text).width;
    for (const left of [p.x + r + 5, p.x - r - 5 - width]) {
      const box = { left, top: p.y - height / 2, right: left + width, bottom: p.y + height / 2 };
      if (this.#hits(box)) continue;
      this.#taken.push(box);
      this.#draw(text, box, colour);
      return;
    }
  }

  #beside(at, out, width) {
    const { x, y, r, width: sheet } = this.circle;
    const a = angle(warp(this.circle, at));
    const [cos, sin] = [Math.cos(a), Math.sin(a)];
    const left = x + (r + out) * cos - (width * (1 - cos)) / 2;
    const kept = Math.max(2, Math.min(sheet - width - 2, left));
    const top = y + (r + out) * sin - (height * (1 - sin)) / 2;
    return { left: kept, top, right: kept + width, bottom: top + height };
  }

  #hits(box) {
    const { height: sheet } = this.circle;
    if (box.top < 0 || box.bottom > sheet) return true;
    return this.#taken.some(
      (t) => box.left < t.right + 4 && t.left < box.right + 4 && box.top < t.bottom && t.top < box.bottom,
    );
  }

  #draw(text, box, colour) {
    this.ctx.fillStyle = colour;
    this.ctx.fillText(text, box.left, (box.top + box.bottom) / 2 + 0.5);
  }
}
