import assert from "node:assert/strict";
import { test } from "node:test";

import { choiceAt, whyNot } from "../static/choice.js";
import { fraction } from "../static/state.js";
import { id, view } from "./messages.js";

const asked = { ...view("10", { succ: [id("18"), id("20")], fingers: [id("20"), id("40"), id("a0")] }), at: fraction(id("10")) };
const state = { peers: new Map([[id("10"), asked]]) };

test("the closest before the key is chosen, and the others are farther", () => {
  const choice = choiceAt(state, id("10"), id("40"), fraction(id("50")));
  assert.deepEqual(choice, { listed: true, past: 1, others: [{ id: id("20"), farther: 1 / 8 }, { id: id("18"), farther: 5 / 32 }] });
});

test("one that no table has came from elsewhere", () => {
  assert.equal(choiceAt(state, id("10"), id("48"), fraction(id("50"))).listed, false);
});

test("a key behind the peer is nearly a whole circle away", () => {
  assert.equal(choiceAt(state, id("10"), id("a0"), fraction(id("08"))).others.length, 3);
});

test("nothing is said of a peer that is gone", () => assert.equal(choiceAt(state, id("99"), id("40"), 0.3), null));

test("why not", () => {
  assert.equal(whyNot(1 / 8), "13 % of the circle farther from the key");
  assert.equal(whyNot(-0.1), "closer, but not named at the time");
});
