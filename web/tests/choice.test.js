import assert from "node:assert/strict";
import { test } from "node:test";

import { whyNot, whyThis } from "../static/choice.js";
import { fraction } from "../static/state.js";
import { id } from "./messages.js";

const hop = (digits, why) => ({ id: id(digits), peer: "", ms: 1, why });
const other = (digits, why) => ({ id: id(digits), peer: "", why });
const key = fraction(id("50"));

test("the closest before the key is asked, and the others are farther", () => {
  assert.equal(whyThis(hop("40", "closest")), "The closest before the key not asked yet");
  assert.equal(whyNot(other("20", "farther"), hop("40", "closest"), key), "lies 13 % of the circle farther from the key");
  assert.equal(whyNot(other("3f", "farther"), hop("40", "closest"), key), "lies 0.39 % of the circle farther from the key");
});

test("of those behind the key the first may own it", () => {
  assert.equal(whyNot(other("60", "behind"), hop("58", "may own"), key), "lies 6 % of the circle behind the key, where another comes first");
  assert.equal(whyNot(other("48", "before"), hop("58", "may own"), key), "lies before the key, and cannot own it");
});

test("a key on the other side of position 0 is as near", () => {
  assert.equal(whyNot(other("e0", "farther"), hop("f0", "closest"), fraction(id("08"))), "lies 6 % of the circle farther from the key");
  assert.equal(whyNot(other("10", "behind"), hop("f8", "may own"), fraction(id("f0"))), "lies 13 % of the circle behind the key, where another comes first");
});

test("a reason from a newer program is shown as it is, and none as nothing", () => {
  assert.equal(whyNot(other("20", "too busy"), hop("40", "closest"), key), "too busy");
  assert.equal(whyThis(hop("40", undefined)), "");
});
