// The canvas: its size in real pixels, and when it is drawn. Nothing is drawn
// while nothing changes.

import { fit } from "./circle.js";
import { palette } from "./palette.js";
import { routeTime } from "./route.js";
import { paint } from "./scene.js";
import { calm } from "./words.js";

/** Canvas shows a Ring and a Selection. */
export class Canvas {
  circle = fit(0, 0);
  #ctx;
  #colours = null;
  #asked = false;
  #ratio = 0; // real pixels a CSS pixel, as the canvas was last sized

  constructor(element, ring, selection) {
    this.element = element;
    this.ring = ring;
    this.selection = selection;
    this.#ctx = element.getContext("2d");
    ring.addEventListener("change", () => this.invalidate());
    selection.addEventListener("change", () => this.invalidate());
    new ResizeObserver(() => this.#resize()).observe(element.parentElement);
    this.#resize();
  }

  /** recolour takes the colours anew, after a change of theme. */
  recolour() {
    this.#colours = null;
    this.invalidate();
  }

  /** invalidate asks for one drawing at the next frame. */
  invalidate() {
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame((now) => {
      this.#asked = false;
      this.#draw(now);
    });
  }

  #resize() {
    const { clientWidth, clientHeight } = this.element.parentElement;
    this.#ratio = devicePixelRatio;
    this.element.width = Math.round(clientWidth * this.#ratio);
    this.element.height = Math.round(clientHeight * this.#ratio);
    this.#ctx.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    this.circle = fit(clientWidth, clientHeight);
    this.#draw(performance.now()); // a canvas that is sized is empty: nobody should see it so
  }

  #draw(now) {
    if (this.#ratio !== devicePixelRatio) { // the window moved to another screen
      this.#resize();
      return;
    }
    this.#colours ??= palette(this.element);
    const { ring, selection, circle } = this;
    ring.forget(now);
    paint({ ctx: this.#ctx, circle, colours: this.#colours, ring, selection, now, calm: calm() });
    this.element.dataset.peers = ring.order.length;
    this.element.dataset.selected = selection.selected;
    if (now < this.#busyUntil()) this.invalidate();
  }

  // One frame past the end, so that the last state of an animation is drawn.
  #busyUntil() {
    const path = this.selection.path;
    const unfolding = path ? path.startedAt + routeTime(path) : 0;
    return Math.max(this.ring.busyUntil, unfolding) + 50;
  }
}
