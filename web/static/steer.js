// Choosing a peer on the canvas: by pointer and by keyboard.

import { angle, point } from "./circle.js";
import { brief, count, make } from "./words.js";

const reach = 16; // pixels from a peer's centre that still mean it

/** wirePointer lets the pointer hover and choose; tip is the element that follows it. */
export function wirePointer(canvas, tip) {
  const { element, selection } = canvas;
  element.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch") return;
    const peer = nearest(canvas, event);
    selection.hover(peer?.id ?? "");
    element.classList.toggle("aims", Boolean(peer));
    showTip(canvas, tip, peer);
  });
  element.addEventListener("pointerleave", () => {
    selection.hover("");
    tip.hidden = true;
  });
  element.addEventListener("click", (event) => selection.select(nearest(canvas, event)?.id ?? ""));
}

/** wireKeys moves the selection round the ring. */
export function wireKeys(canvas) {
  const { element, ring, selection } = canvas;
  const tenth = () => Math.max(1, Math.round(ring.order.length / 10));
  const moves = {
    ArrowRight: () => ring.step(selection.selected, 1),
    ArrowDown: () => ring.step(selection.selected, 1),
    ArrowLeft: () => ring.step(selection.selected, -1),
    ArrowUp: () => ring.step(selection.selected, -1),
    PageDown: () => ring.step(selection.selected, tenth()),
    PageUp: () => ring.step(selection.selected, -tenth()),
    Home: () => ring.step("", 1),
    End: () => ring.step("", -1),
  };
  element.addEventListener("keydown", (event) => {
    const move = moves[event.key];
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    selection.select(move());
  });
}

function nearest({ circle, ring }, event) {
  let [best, least] = [null, reach];
  for (const peer of ring.order) {
    const p = point(circle, peer.at);
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
  const a = angle(peer.at);
  const inward = (tip.offsetWidth * Math.abs(Math.cos(a)) + tip.offsetHeight * Math.abs(Math.sin(a))) / 2 + 28;
  const p = point(circle, peer.at, -inward);
  const left = Math.max(0, Math.min(circle.width - tip.offsetWidth, p.x - tip.offsetWidth / 2));
  tip.style.translate = `${left}px ${p.y - tip.offsetHeight / 2}px`;
}
