// The choice of a layer, and what its colours mean.

import { mostKeys, shades } from "./layers.js";
import { fill, make, number } from "./words.js";

/** wireLayers lets the viewer colour the arcs, and keeps the legend of the shades right. */
export function wireLayers(select, legend, ring, selection) {
  let shown = -1;
  const show = () => {
    legend.hidden = selection.layer !== "keys";
    const most = mostKeys(ring.state.order);
    if (legend.hidden || most === shown) return;
    shown = most;
    fill(legend, ...scale(most));
  };
  select.addEventListener("change", () => selection.colour(select.value));
  selection.addEventListener("change", show);
  ring.addEventListener("change", show);
}

function scale(most) {
  const swatches = Array.from({ length: shades }, (_, i) => make("i", { className: `shade shade-${i}` }));
  return ["0", ...swatches, `${number(most)} keys`];
}
