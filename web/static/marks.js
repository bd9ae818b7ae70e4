// The signs drawn on the canvas. Each state has a shape besides its colour.

/** disc is a filled circle. */
export function disc(ctx, p, r, fill) {
  ctx.beginPath();
  ctx.arc(p.x, p.y, r, 0, 2 * Math.PI);
  ctx.fillStyle = fill;
  ctx.fill();
}

/** ringlet is a hollow circle; with fill it hides what is below. */
export function ringlet(ctx, p, r, stroke, width, fill = "") {
  ctx.beginPath();
  ctx.arc(p.x, p.y, r, 0, 2 * Math.PI);
  outline(ctx, stroke, width, fill);
}

/** line is a straight one. */
export function line(ctx, p, q, stroke, width) {
  ctx.beginPath();
  ctx.moveTo(p.x, p.y);
  ctx.lineTo(q.x, q.y);
  outline(ctx, stroke, width);
}

/** square is a hollow square with sides of 2r. */
export function square(ctx, p, r, stroke, width) {
  ctx.beginPath();
  ctx.rect(p.x - r, p.y - r, 2 * r, 2 * r);
  outline(ctx, stroke, width);
}

/** diamond stands on its tip; r is from the centre to a tip. */
export function diamond(ctx, p, r, stroke, width, fill = "") {
  polygon(ctx, [[p.x, p.y - r], [p.x + r, p.y], [p.x, p.y + r], [p.x - r, p.y]]);
  outline(ctx, stroke, width, fill);
}

/** cross is an X. */
export function cross(ctx, p, r, stroke, width) {
  ctx.beginPath();
  ctx.moveTo(p.x - r, p.y - r);
  ctx.lineTo(p.x + r, p.y + r);
  ctx.moveTo(p.x + r, p.y - r);
  ctx.lineTo(p.x - r, p.y + r);
  outline(ctx, stroke, width);
}

/** bars are two upright ones, as on a button that pauses. */
export function bars(ctx, p, r, stroke, width) {
  ctx.beginPath();
  for (const x of [p.x - r / 2, p.x + r / 2]) {
    ctx.moveTo(x, p.y - r);
    ctx.lineTo(x, p.y + r);
  }
  outline(ctx, stroke, width);
}

/** pointer is a filled triangle at p that points along direction, in radians. */
export function pointer(ctx, p, direction, size, fill) {
  const corner = (turn, length) => [p.x + length * Math.cos(direction + turn), p.y + length * Math.sin(direction + turn)];
  polygon(ctx, [corner(0, 0), corner(Math.PI - 0.45, size), corner(Math.PI + 0.45, size)]);
  ctx.fillStyle = fill;
  ctx.fill();
}

function polygon(ctx, corners) {
  ctx.beginPath();
  for (const [x, y] of corners) ctx.lineTo(x, y);
  ctx.closePath();
}

function outline(ctx, stroke, width, fill = "") {
  if (fill) {
    ctx.fillStyle = fill;
    ctx.fill();
  }
  ctx.strokeStyle = stroke;
  ctx.lineWidth = width;
  ctx.stroke();
}
