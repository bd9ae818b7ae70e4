import assert from "node:assert/strict";
import { test } from "node:test";

import { legs, pathOf } from "../static/route.js";
import { id } from "./messages.js";

const hop = (digits, rest = {}) => ({ id: id(digits), peer: digits, ms: 1, ...rest });
const arrows = (hops, owner = "") => legs(pathOf({ id: id("c8"), owner: { id: id(owner), peer: owner }, hops }, id("10")))
  .map(({ from, to, number = "" }) => `${number} ${from.slice(0, 2)} ${to.slice(0, 2)}`);

test("a hop starts where the last answer came from", () => {
  assert.deepEqual(arrows([hop("40"), hop("b0"), hop("d0")], "d0"), ["1 10 40", "2 40 b0", "3 b0 d0"]);
});

test("one that failed leads nowhere, and the owner that was not asked is pointed to", () => {
  assert.deepEqual(arrows([hop("40"), hop("b0", { failed: true }), hop("90")], "d0"), ["1 10 40", "2 40 b0", "3 40 90", " 90 d0"]);
});

test("two that were asked at once start at one place", () => {
  const both = [hop("40", { why: "closest" }), hop("90", { why: "closest", after: 1 }), hop("b0", { why: "closest", after: 1 })];
  assert.deepEqual(arrows(both), ["1 10 40", "2 40 90", "3 40 b0"]);
});
