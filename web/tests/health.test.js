import assert from "node:assert/strict";
import { test } from "node:test";

import { reasonsOf, verdictOf } from "../static/health.js";
import { empty, fold } from "../static/state.js";
import { id, ringOf, snapshot, view } from "./messages.js";

const judged = (peers, rest) => fold(empty(), snapshot(peers, rest), 0);

test("a ring in good order is settled", () => {
  const state = judged(ringOf("20", "80", "c0"));
  assert.deepEqual(reasonsOf(state), []);
  assert.equal(verdictOf(state), "Settled: 3 peers in one ring");
});

test("each reason names the peers that it concerns", () => {
  const peers = [...ringOf("20", "80"), view("c0", { member: false }), view("e0", { replicated: false, succ: [id("20")] })];
  const problems = [
    { kind: "silent", peer: id("90"), peers: [id("80")], text: "does not answer" },
    { kind: "successor", peer: id("80"), peers: [id("e0")], text: "has the successor" },
  ];
  const state = judged(peers, { well_formed: false, problems, replicated: false });
  assert.equal(verdictOf(state), "Not settled");
  assert.deepEqual(reasonsOf(state), [
    { text: "1 peer is joining", peers: [id("c0")] },
    { text: "1 peer does not answer and is still listed", peers: [id("80")] },
    { text: "1 peer has a wrong successor", peers: [id("80")] },
    { text: "1 peer waits for replicas", peers: [id("e0")] },
  ]);
});

test("a ring that parted shows the smaller part", () => {
  const state = judged([...ringOf("20", "40", "80"), ...ringOf("c0", "e0")], { well_formed: false });
  assert.deepEqual(reasonsOf(state), [{ text: "2 rings instead of one", peers: [id("c0"), id("e0")] }]);
});

test("what the server says stands where nothing else does", () => {
  const state = judged(ringOf("20"), { well_formed: false, problem: "the ring cannot be seen: no" });
  assert.deepEqual(reasonsOf(state), [{ text: "the ring cannot be seen: no", peers: [] }]);
});

test("peers that are paused have no say, and are counted apart", () => {
  const paused = ringOf("20", "80", "c0").map((v, i) => ({ ...v, paused: i === 1, replicated: i !== 1 }));
  assert.equal(verdictOf(judged(paused)), "Settled: 2 peers in one ring, 1 paused");
  const { problems } = judged(paused, { well_formed: undefined });
  assert.deepEqual(problems.map(({ kind, peer }) => [kind, peer])[0], ["silent", id("80")]);
});
