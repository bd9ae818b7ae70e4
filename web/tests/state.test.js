import assert from "node:assert/strict";
import { test } from "node:test";

import { empty, fold, forget, fraction, lasting, remembered } from "../static/state.js";
import { delta, event, id, ringOf, snapshot, view } from "./messages.js";

const about = (digits) => ({ id: id(digits), peer: `peer-${digits}` });
const start = (...digits) => fold(empty(), snapshot(ringOf(...digits)), 0);
const ids = (state) => state.order.map((peer) => peer.id);

test("a snapshot is all there is, in the order of the ring", () => {
  const state = fold(empty(), snapshot([view("c0"), view("20"), view("80")], { problem: "a gap", well_formed: false }), 0);
  assert.deepEqual(ids(state), [id("20"), id("80"), id("c0")]);
  assert.equal(state.problem, "a gap");
  assert.equal(state.peers.get(id("80")).at, 0.5);
});

test("the first snapshot animates nothing, the next what is new and gone", () => {
  const state = start("20", "80");
  assert.equal(state.busyUntil, 0);
  fold(state, snapshot(ringOf("20", "c0")), 1000);
  assert.equal(state.peers.get(id("c0")).bornAt, 1000);
  assert.equal(state.peers.get(id("20")).bornAt, -Infinity);
  assert.deepEqual(state.ghosts.map((g) => [g.id, g.crashed]), [[id("80"), false]]);
});

test("a delta changes what it names and nothing else", () => {
  const state = start("20", "80", "c0");
  const before = state.peers.get(id("c0"));
  fold(state, delta({ peers: [view("80", { keys: 9 })], gone: [id("20")] }), 500);
  assert.deepEqual(ids(state), [id("80"), id("c0")]);
  assert.equal(state.peers.get(id("80")).keys, 9);
  assert.deepEqual(state.peers.get(id("c0")), before);
});

test("a view keeps no list of an older one", () => {
  const state = start("20", "80");
  fold(state, delta({ peers: [view("80", { succ: undefined, fingers: undefined })] }), 1);
  assert.deepEqual(state.peers.get(id("80")).succ, []);
});

test("word of a crash explains a peer that vanishes, before and after", () => {
  for (const kind of ["dead", "killed"]) {
    const early = start("20", "80");
    const news = kind === "dead" ? event(kind, "20", { about: about("80") }) : event(kind, "80");
    fold(early, delta({ events: [news] }), 100);
    fold(early, delta({ gone: [id("80")] }), 200);
    assert.equal(early.ghosts[0].crashed, true, kind);
    const late = fold(start("20", "80"), delta({ gone: [id("80")] }), 100);
    assert.equal(late.ghosts[0].crashed, false);
    fold(late, delta({ events: [news] }), 200);
    assert.equal(late.ghosts[0].crashed, true, kind);
  }
});

test("a goodbye is no crash, and an old verdict no explanation", () => {
  const left = start("20", "80");
  fold(left, delta({ events: [event("left", "80")], gone: [id("80")] }), 100);
  assert.equal(left.ghosts[0].crashed, false);
  const old = start("20", "80");
  fold(old, delta({ events: [event("dead", "20", { about: about("80") })] }), 0);
  fold(old, delta({ gone: [id("80")] }), 60_000);
  assert.equal(old.ghosts[0].crashed, false);
});

test("ghosts fade", () => {
  const state = fold(start("20", "80"), delta({ gone: [id("80")] }), 100);
  forget(state, 100 + lasting.leave - 1);
  assert.equal(state.ghosts.length, 1);
  forget(state, 100 + lasting.leave);
  assert.equal(state.ghosts.length, 0);
});

test("suspicion shows for a while", () => {
  const state = start("20", "80");
  fold(state, delta({ events: [event("suspected", "20", { about: about("80") })] }), 100);
  assert.equal(state.peers.get(id("80")).suspectedAt, 100);
  assert.equal(state.busyUntil, 100 + lasting.suspicion);
});

test("events are kept newest first, counted whole, and bounded", () => {
  const state = start("20");
  fold(state, delta({ events: [event("met", "20"), event("joined", "20")], more: { met: 7 } }), 1);
  assert.deepEqual(state.events.map((e) => e.kind), ["joined", "met"]);
  assert.equal(state.operations.length, 0);
  assert.equal(state.counts.get("met"), 8);
  for (let i = 0; i < 10; i++) fold(state, delta({ events: Array(100).fill(event("met", "20")) }), 2);
  assert.equal(state.events.length, remembered);
  assert.equal(state.told, 1002);
});

test("a recording goes to another time: nothing of before is left", () => {
  const state = start("20", "80");
  fold(state, delta({ gone: [id("80")], events: [event("left", "80")] }), 1);
  const replay = { at: 3, event: 1, playing: false, speed: 1, jumps: 1 };
  fold(state, snapshot(ringOf("40"), { replay, log: [event("joined", "40")] }), 2);
  assert.deepEqual(ids(state), [id("40")]);
  assert.deepEqual([state.ghosts.length, state.told, state.jumps, state.recorded], [0, 1, 2, true]);
  assert.equal(state.events[0].kind, "joined");
});

test("peers that go over to another ring move there", () => {
  const state = start("20", "40", "80", "c0", "e0");
  assert.equal(state.rings, 1);
  const [a, b] = [ringOf("20", "40", "80"), ringOf("c0", "e0")];
  fold(state, delta({ peers: [...a, ...b] }), 100);
  assert.equal(state.rings, 2);
  const moved = state.peers.get(id("c0"));
  assert.deepEqual([moved.ringBefore, moved.ring, moved.movedAt], [0, 1, 100]);
  assert.equal(state.peers.get(id("20")).ring, 0);
});

test("fractions grow with positions", () => {
  assert.equal(fraction(id("")), 0);
  assert.ok(fraction("ffffffffffffffff") < 1);
  assert.ok(fraction("8000000000000000") < fraction("8000000000010000"));
});
