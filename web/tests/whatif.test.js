import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { empty, fold } from "../static/state.js";
import { holdersOf, losses, oracle, positionOf } from "../static/whatif.js";
import { id, snapshot, view } from "./messages.js";

const digits = ["10", "30", "50", "70", "90", "b0"];
const state = fold(empty(), snapshot(digits.map((d, i) => view(d, { keys: i + 1 }))), 0);
const doomed = (...list) => new Set(list.map(id));

test("nobody dies, nothing is lost", () => assert.deepEqual(losses(state, doomed(), 3), { lost: 0, short: 0, arcs: 0 }));

test("one death leaves two replicas", () => assert.deepEqual(losses(state, doomed("50"), 3), { lost: 0, short: 1 + 2 + 3, arcs: 0 }));

test("three in a row take with them what the first of them owns", () => {
  assert.deepEqual(losses(state, doomed("50", "70", "90"), 3), { lost: 3, short: 1 + 2 + 4 + 5, arcs: 1 });
});

test("over the top of the circle as anywhere", () => {
  assert.deepEqual(losses(state, doomed("b0", "10"), 2), { lost: 6, short: 1 + 5, arcs: 1 });
});

test("all die, all is lost", () => assert.equal(losses(state, doomed(...digits), 3).lost, 21));

test("a key belongs to the first member at or behind it", () => {
  const fate = oracle(state, doomed("30"), 1);
  assert.deepEqual(["10", "11", "30", "31", "f0"].map((p) => fate(id(p))), ["safe", "lost", "lost", "safe", "safe"]);
});

test("in an empty ring every key is safe", () => assert.equal(oracle(empty(), doomed("30"), 3)(id("10")), "safe"));

test("two places of one peer are one replica", () => {
  const members = [view("10"), { ...view("20"), peer: "peer-10" }, view("30")];
  assert.deepEqual(holdersOf(members, 0, 2).map((p) => p.id), [id("10"), id("30")]);
});

test("a key lies at the hash of its bytes, be they a text or not", async () => {
  const hash = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  assert.equal(await positionOf({ key: "grüße" }), hash("grüße"));
  assert.equal(await positionOf({ key_base64: "/wA=" }), hash(Buffer.from([0xff, 0])));
});
