import assert from "node:assert/strict";
import { test } from "node:test";

import { ringsOf } from "../static/rings.js";
import { id, ringOf, view } from "./messages.js";

test("one ring", () => {
  const { rings, of } = ringsOf(ringOf("20", "80", "c0"));
  assert.equal(rings, 1);
  assert.deepEqual([...of.values()], [0, 0, 0]);
});

test("a peer alone is a ring", () => assert.equal(ringsOf([view("20")]).rings, 1));

test("those that lead into a ring belong to it", () => {
  const { rings, of } = ringsOf([...ringOf("20", "80"), view("c0", { succ: [id("20")] })]);
  assert.equal(rings, 1);
  assert.equal(of.get(id("c0")), 0);
});

test("successors that are not there are passed over", () => {
  const [a, b] = ringOf("20", "80");
  const { rings } = ringsOf([{ ...a, succ: [id("40"), id("80")] }, b]);
  assert.equal(rings, 1);
});

test("one whose successors are all gone is in none", () => {
  const { rings, of } = ringsOf([...ringOf("20", "80"), view("c0", { succ: [id("d0")] })]);
  assert.deepEqual([rings, of.has(id("c0"))], [1, false]);
});

test("the largest ring comes first", () => {
  const { rings, of } = ringsOf([...ringOf("10", "20"), ...ringOf("30", "40", "50")]);
  assert.deepEqual([rings, of.get(id("10")), of.get(id("30"))], [2, 1, 0]);
});

test("who has not joined yet is in no ring", () => assert.equal(ringsOf([view("20", { member: false })]).rings, 0));
