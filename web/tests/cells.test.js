import assert from "node:assert/strict";
import { test } from "node:test";

import { cellsOf, isCrowded } from "../static/cells.js";
import { apart, fit, fractionAt, place, warp } from "../static/circle.js";

const circle = fit(800, 700);
const order = Array.from({ length: 1000 }, (_, i) => ({ id: String(i), at: i / 1000 }));

test("every peer is in one cell, in order", () => {
  const cells = cellsOf(circle, order);
  assert.ok(isCrowded(circle, order.length) && cells.length < 400);
  assert.deepEqual(cells.flatMap((cell) => cell.peers), order);
});

test("the lens pulls apart what is under it", () => {
  const under = (lens) => cellsOf({ ...circle, lens }, order).filter((cell) => cell.peers.some((p) => Math.abs(apart(0.3, p.at)) < 0.01));
  assert.ok(under({ at: 0.3, power: 7 }).length > 2 * under({ at: 0.3, power: 0 }).length);
});

test("the lens keeps the order and the ends of its reach", () => {
  const lens = { ...circle, lens: { at: 0.02, power: 7 } };
  const warped = order.map((p) => apart(0.02, warp(lens, p.at)) + (p.at > 0.52 ? 1 : 0));
  const around = order.map((p, i) => [apart(0.02, p.at) + (p.at > 0.52 ? 1 : 0), warped[i]]).sort((a, b) => a[0] - b[0]);
  for (let i = 1; i < around.length; i++) assert.ok(around[i][1] > around[i - 1][1], `at ${around[i][0]}`);
  assert.equal(warp(lens, 0.5), 0.5);
});

test("zoomed in far enough, no rim is crowded", () => assert.equal(isCrowded({ ...circle, r: circle.r * 8 }, 1000), false));

test("a place is found again by its direction", () => {
  for (const at of [0, 0.1, 0.37, 0.5, 0.93]) assert.ok(Math.abs(apart(at, fractionAt(circle, place(circle, at)))) < 1e-9);
});
