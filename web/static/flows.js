// Flows: records on their way between two peers that reconcile an arc.

import { along, angle, bend, point } from "./circle.js";
import { disc } from "./marks.js";
import { fraction } from "./state.js";

const pace = 1200; // milliseconds from one end to the other
const beads = 4;

/** drawFlows draws the reconciliation that goes on, and how far each has come. */
export function drawFlows(view) {
  for (const flow of view.state.flows) drawFlow(view, flow);
}

function drawFlow(view, flow) {
  const { ctx, circle, colours, now, calm } = view;
  const [p, q] = [point(circle, fraction(flow.with)), point(circle, fraction(flow.id))];
  const c = bend(circle, p, q, 24);
  const colour = flow.waiting ? colours.soft : colours.flow;
  ctx.beginPath();
  ctx.moveTo(p.x, p.y);
  ctx.quadraticCurveTo(c.x, c.y, q.x, q.y);
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.5;
  ctx.stroke();
  const start = calm || flow.waiting ? 0 : (now / pace) % (1 / beads);
  for (let i = 0; i < beads; i++) disc(ctx, along(p, c, q, start + i / beads), 2.5, colour);
  drawProgress(view, flow, colour);
}

// As much of a circle round the peer as it has of what it lacked.
function drawProgress({ ctx, circle, dot }, { id, moved, left }, colour) {
  const all = moved + left;
  if (all === 0) return;
  const p = point(circle, fraction(id));
  ctx.beginPath();
  ctx.arc(p.x, p.y, dot + 6, angle(0), angle(moved / all));
  ctx.strokeStyle = colour;
  ctx.lineWidth = 2.5;
  ctx.stroke();
}
