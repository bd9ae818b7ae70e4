import assert from "node:assert/strict";
import { test } from "node:test";

import { describe, filled, linkTo, parametersOf, secondsOf } from "../static/simulation.js";

globalThis.location = /** @type {any} */ ({ origin: "http://127.0.0.1:7600", pathname: "/" });

test("an address leads to the parameters that it was made of", () => {
  const address = linkTo("faults=none&peers=32&seed=18446744073709551615");
  assert.equal(address, "http://127.0.0.1:7600/#simulation?faults=none&peers=32&seed=18446744073709551615");
  assert.deepEqual([...parametersOf(new URL(address).hash)], [["faults", "none"], ["peers", "32"], ["seed", "18446744073709551615"]]);
});

test("a stranger's parameters stay parameters", () => {
  const address = linkTo('seed=1"><img src=x>&#x=/../ evil');
  assert.equal(new URL(address).hash, "#simulation?seed=1%22%3E%3Cimg+src%3Dx%3E&%23x=%2F..%2F+evil");
});

test("other addresses ask for no simulation", () => {
  for (const hash of ["", "#", "#simulation", "#ring"]) assert.equal(parametersOf(hash), null);
});

test("what is asked for is said in words", () => {
  assert.equal(describe(new URLSearchParams("seed=4&data=true&peers=12")), "seed 4, data, peers 12");
  assert.equal(describe(new URLSearchParams("")), "as it comes");
});

test("a field that is empty is no parameter", () => {
  const form = new FormData();
  for (const [name, value] of [["seed", " 7 "], ["peers", ""], ["faults", "none"]]) form.append(name, value);
  assert.equal(filled(form).toString(), "seed=7&faults=none");
});

test("how far it is shows in the last time of a piece", () => {
  const piece = 'xt":"a"}\n{"time":"1970-01-01T00:00:02.5Z","kind":"joined"}\n{"time":"1970-01-01T00:01:02.25Z","kind":"gone"}\n{"kind"';
  assert.equal(secondsOf(piece), 62.25);
  for (const none of ["", "{}", '{"time":"19', '{"time":"soon"}']) assert.equal(secondsOf(none), null);
});
