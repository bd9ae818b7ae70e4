// Choosing a peer on the canvas by pointer and by keyboard.

import { angle, apart, fractionAt, warp } from "./circle.js";
import { spot } from "./peers.js";
import { step } from "./ring.js";
import { brief, calm, count, make } from "./words.js";

const reach = 16; // pixels from a peer's centre that still mean it

/** wirePointer lets the pointer hover and choose; tip is the element that follows it. */
export function wirePointer(canvas, tip) {
  const { element, selection } = canvas;
  const leave = () => {
    selection.hover("");
    canvas.look(null);
    tip.hidden = true;
  };
  element.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch" || event.buttons) return;
    canvas.look({ x: event.offsetX, y: event.offsetY });
    const peer = nearest(canvas, event);
    selection.hover(peer?.id ?? "");
    element.classList.toggle("aims", Boolean(peer));
    showTip(canvas, tip, peer);
  });
  element.addEventListener("pointerleave", leave);
  element.addEventListener("click", (event) => {
    const id = nearest(canvas, event)?.id ?? "";
    if (event.shiftKey) selection.doom(id);
    else selection.select(id);
  });
}

/** wireKeys moves the selection round the ring. */
export function wireKeys(canvas) {
  const { element, ring, selection } = canvas;
  const move = (by) => step(ring.state, selection.selected, by);
  const tenth = () => Math.max(1, Math.round(ring.state.order.length / 10));
  const moves = {
    ArrowRight: () => move(1),
    ArrowDown: () => move(1),
    ArrowLeft: () => move(-1),
    ArrowUp: () => move(-1),
    PageDown: () => move(tenth()),
    PageUp: () => move(-tenth()),
    Home: () => step(ring.state, "", 1),
    End: () => step(ring.state, "", -1),
  };
  element.addEventListener("keydown", (event) => {
    const to = moves[event.key];
    if (!to || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    selection.select(to());
  });
}

// Only peers in about the same direction are measured: the others are farther.
function nearest({ circle, ring }, event) {
  const aim = fractionAt(circle, { x: event.offsetX, y: event.offsetY });
  const wide = Math.max(0.02, (2 * reach) / circle.r);
  const view = { circle, now: performance.now(), calm: calm() };
  let [best, least] = [null, reach];
  for (const peer of ring.state.order) {
    if (Math.abs(apart(aim, warp(circle, peer.at))) > wide) continue;
    const p = spot(view, peer);
    const distance = Math.hypot(p.x - event.offsetX, p.y - event.offsetY);
    if (distance < least) [best, least] = [peer, distance];
  }
  return best;
}

// The tip stands towards the centre, where there is always room for it.
function showTip({ circle }, tip, peer) {
  tip.hidden = !peer;
  if (!peer) return;
  tip.replaceChildren(
    make("strong", {}, brief(peer.id)),
    make("span", {}, `${count(peer.keys, "key")}, ${count(peer.records, "record")}`),
  );
  const a = angle(warp(circle, peer.at));
  const inward = (tip.offsetWidth * Math.abs(Math.cos(a)) + tip.offsetHeight * Math.abs(Math.sin(a))) / 2 + 28;
  const p = spot({ circle, now: performance.now(), calm: calm() }, peer, -inward);
  const left = Math.max(0, Math.min(circle.width - tip.offsetWidth, p.x - tip.offsetWidth / 2));
  const top = Math.max(0, Math.min(circle.height - tip.offsetHeight, p.y - tip.offsetHeight / 2));
  tip.style.translate = `${left}px ${top}px`;
}
