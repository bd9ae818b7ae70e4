// The canvas: its size in real pixels, and when it is drawn. Nothing is drawn
// while nothing changes.

import { isCrowded } from "./cells.js";
import { fit, fractionAt, place } from "./circle.js";
import { palette } from "./palette.js";
import { routeTime } from "./route.js";
import { paint } from "./scene.js";
import { Viewport } from "./viewport.js";
import { calm } from "./words.js";

/** Canvas shows a Ring and a Selection. */
export class Canvas {
  circle = fit(0, 0); // as drawn
  fitted = this.circle; // as it fits the sheet
  viewport = new Viewport();
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
    selection.addEventListener("change", ({ detail }) => {
      if (detail === "selected") this.#approach();
      this.invalidate();
    });
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
    requestAnimationFrame(() => {
      this.#asked = false;
      this.#draw();
    });
  }

  /** zoom magnifies by a factor, round a point or the middle. */
  zoom(by, p) {
    this.viewport.zoom(this.fitted, by, p);
    this.invalidate();
  }

  /** aim is what a step of the zoom is about: the selected peer, the rim nearest to the middle, or the top of the ring. */
  aim() {
    const peer = this.ring.state.peers.get(this.selection.selected);
    const circle = this.viewport.goal(this.fitted); // one step may follow another before it is there
    return place(circle, peer?.at ?? (this.viewport.zoomed ? fractionAt(circle, this.fitted) : 0));
  }

  /** whole shows all of the ring again. */
  whole() {
    this.viewport.whole();
    this.invalidate();
  }

  /** pan moves the ring by so many pixels, if the viewer has zoomed in. */
  pan(dx, dy) {
    this.viewport.pan(this.fitted, dx, dy);
    this.invalidate();
  }

  /** look puts the lens where a point is near a crowded rim. */
  look(p) {
    const near = p && Math.abs(Math.hypot(p.x - this.circle.x, p.y - this.circle.y) - this.circle.r) < 70;
    this.viewport.look(this.circle, near && isCrowded(this.circle, this.ring.state.order.length) ? p : null);
    this.invalidate();
  }

  // What is chosen elsewhere, in a table or by keyboard, is brought into sight.
  #approach() {
    const peer = this.ring.state.peers.get(this.selection.selected);
    if (!peer) return;
    if (this.viewport.zoomed) this.viewport.show(this.fitted, place(this.fitted, peer.at));
    if (!this.selection.hovered) this.look(place(this.circle, peer.at));
  }

  #resize() {
    const { clientWidth, clientHeight } = this.element.parentElement;
    this.#ratio = devicePixelRatio;
    this.element.width = Math.round(clientWidth * this.#ratio);
    this.element.height = Math.round(clientHeight * this.#ratio);
    this.#ctx.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    this.fitted = fit(clientWidth, clientHeight);
    this.#draw(); // a canvas that is sized is empty: nobody should see it so
  }

  #draw() {
    if (this.#ratio !== devicePixelRatio) { // the window moved to another screen
      this.#resize();
      return;
    }
    this.#colours ??= palette(this.element);
    const { ring, selection, element, viewport } = this;
    // Not the frame's own time: on a busy machine that is before what has just come.
    const now = performance.now();
    this.circle = viewport.circle(this.fitted, now, calm());
    ring.forget(now);
    paint({ ctx: this.#ctx, circle: this.circle, colours: this.#colours, state: ring.state, selection, now, calm: calm() });
    element.dataset.peers = ring.state.order.length;
    element.dataset.selected = selection.selected;
    element.classList.toggle("zoomed", viewport.zoomed);
    element.dataset.scale = viewport.scale.toFixed(2);
    if (viewport.moving || now < this.#busyUntil()) this.invalidate();
  }

  // One frame past the end, so that the last state of an animation is drawn.
  #busyUntil() {
    const { path } = this.selection;
    const { state } = this.ring;
    const unfolding = path ? path.startedAt + routeTime(path) : 0;
    const flowing = state.flows.some((flow) => !flow.waiting) && !calm() ? Infinity : 0;
    return Math.max(state.busyUntil, unfolding, flowing) + 50;
  }
}
