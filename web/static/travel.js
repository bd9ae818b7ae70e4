// Zooming and panning the ring: wheel, drag, pinch, double click, and buttons.

const still = 4; // pixels that a click may move
const perClick = 2; // times a step of a button or key

/** wireTravel lets the viewer move over the ring. */
export function wireTravel(canvas, buttons) {
  const { element } = canvas;
  wireDrag(canvas);
  element.addEventListener("wheel", (event) => turnWheel(canvas, event), { passive: false });
  element.addEventListener("dblclick", (event) => canvas.zoom(3, { x: event.offsetX, y: event.offsetY }));
  buttons.closer.addEventListener("click", () => zoomIn(canvas));
  buttons.farther.addEventListener("click", () => zoomOut(canvas));
  buttons.whole.addEventListener("click", () => canvas.whole());
}

/** zoomIn goes nearer. */
export const zoomIn = (canvas) => canvas.zoom(perClick, canvas.aim());

export const zoomOut = (canvas) => canvas.zoom(1 / perClick, canvas.aim());

// A page that scrolls is scrolled, unless the viewer says with Ctrl, or a pinch
// on a touchpad, that the ring is meant.
function turnWheel(canvas, event) {
  const { scrollHeight, clientHeight } = document.documentElement;
  if (scrollHeight > clientHeight + 1 && !event.ctrlKey) return;
  event.preventDefault();
  const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 20 * event.deltaY : event.deltaY;
  canvas.zoom(Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.002)), { x: event.offsetX, y: event.offsetY });
}

// One pointer drags, two pinch. What was dragged is not clicked.
function wireDrag(canvas) {
  const { element } = canvas;
  const held = new Map(); // pointer -> where it is
  let moved = 0;
  element.addEventListener("pointerdown", (event) => {
    if (held.size === 0) moved = 0;
    held.set(event.pointerId, at(event));
  });
  element.addEventListener("pointermove", (event) => {
    if (!event.buttons) held.delete(event.pointerId); // it was let go elsewhere
    const before = held.get(event.pointerId);
    if (!before) return;
    const now = at(event);
    const other = [...held].find(([id]) => id !== event.pointerId)?.[1];
    held.set(event.pointerId, now);
    moved += Math.hypot(now.x - before.x, now.y - before.y);
    if (moved < still) return;
    element.setPointerCapture(event.pointerId);
    if (other) canvas.zoom(distance(now, other) / Math.max(1, distance(before, other)), middle(now, other));
    else canvas.pan(now.x - before.x, now.y - before.y);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    element.addEventListener(end, (event) => held.delete(/** @type {PointerEvent} */ (event).pointerId));
  }
  element.addEventListener("click", (event) => {
    if (moved >= still) event.stopImmediatePropagation();
  }, { capture: true });
}

const at = (event) => ({ x: event.offsetX, y: event.offsetY });
const distance = (p, q) => Math.hypot(p.x - q.x, p.y - q.y);
const middle = (p, q) => ({ x: (p.x + q.x) / 2, y: (p.y + q.y) / 2 });
