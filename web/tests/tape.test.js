import assert from "node:assert/strict";
import { test } from "node:test";

import { together } from "../static/beside.js";
import { Projector } from "../static/projector.js";
import { empty, fold } from "../static/state.js";
import { Tape } from "../static/tape.js";
import { delta, event, id, ringOf, snapshot, view } from "./messages.js";

// A run of n seconds in which a peer's keys grow, and another comes and goes.
function run(n, options) {
  const tape = new Tape(options);
  tape.add(0, snapshot(ringOf("20", "80")));
  return goOn(tape, n);
}

function goOn(tape, n) {
  for (let at = tape.end + 1; at <= n; at++) {
    const come = at % 2 === 1;
    tape.add(at, delta({
      peers: [view("20", { keys: at }), ...(come ? [view("c0")] : [])], gone: come ? [] : [id("c0")],
      events: [event(come ? "joined" : "left", "c0")],
    }));
  }
  return tape;
}

const shape = (state) => ({ ids: state.order.map((p) => p.id), keys: state.peers.get(id("20"))?.keys, told: state.told });
const follow = (messages) => messages.reduce((state, message) => fold(state, message, 0), empty());

test("any moment is what all before it lead to", () => {
  const tape = run(1000);
  for (const at of [0, 1, 199, 200, 201, 555.5, 1000]) {
    const next = tape.behind(at);
    const all = follow(tape.between(0, next).map((entry) => entry.message));
    const seen = follow([tape.snapshot(next)]);
    assert.deepEqual({ ...shape(seen), told: 0 }, { ...shape(all), told: 0 }, `at ${at}`);
    assert.deepEqual(seen.events, all.events.slice(0, seen.events.length), `at ${at}`);
  }
});

test("a tape forgets its beginning, and what stays is right", () => {
  for (const options of [{ span: 300 }, { most: 1500 }]) {
    const tape = run(2000, options);
    assert.ok(tape.next - tape.first < 1000 && tape.start > 0, JSON.stringify(options));
    const seen = follow([tape.snapshot(tape.behind(1801))]);
    assert.deepEqual([shape(seen).keys, shape(seen).ids.length], [1801, 3]);
    assert.equal(tape.eventsUpTo(tape.next), tape.next - tape.first);
    assert.equal(tape.eventsUpTo(0), 0);
  }
});

test("a snapshot amid others is what changed since", () => {
  const tape = run(3);
  tape.add(4, snapshot(ringOf("20", "e0")));
  assert.deepEqual(tape.between(4, 5)[0].message.gone, [id("80"), id("c0")]);
  assert.deepEqual(shape(follow([tape.snapshot(5)])).ids, [id("20"), id("e0")]);
});

test("a snapshot amid others tells which ring it is", () => {
  const tape = new Tape();
  tape.add(0, snapshot([], { ring: "", lab: true }));
  tape.add(1, snapshot(ringOf("20"), { ring: "other", lab: false }));
  tape.add(2, delta());
  const { ring, lab } = tape.snapshot(tape.next);
  assert.deepEqual([ring, lab], ["other", false]);
});

test("a tape begins with a snapshot", () => {
  const tape = new Tape();
  tape.add(1, delta());
  assert.equal(tape.next, 0);
});

function projection(t, tape) {
  let now = 0;
  const state = empty();
  const projector = new Projector(tape, () => now);
  projector.addEventListener("message", ({ detail }) => fold(state, detail, now));
  const wait = (ms) => {
    for (const end = now + ms; now < end; ) {
      now += 100;
      projector.pass();
    }
  };
  t.after(() => projector.stop());
  return { state, projector, wait };
}

test("playing shows in its time what happened", (t) => {
  const { state, projector, wait } = projection(t, run(100));
  projector.steer({ seek: 10, play: true, speed: 2 });
  assert.equal(shape(state).keys, 10);
  wait(5200);
  assert.equal(shape(state).keys, 20);
  assert.ok(Math.abs(projector.playback.at - 20.4) < 0.01);
});

test("it ends where the tape ends, and says so once", (t) => {
  const { state, projector, wait } = projection(t, run(10));
  let ends = 0;
  projector.addEventListener("end", () => ends++);
  projector.steer({ seek: 8, play: true });
  wait(5000);
  assert.deepEqual([shape(state).keys, projector.playback.playing, ends], [10, false, 1]);
});

test("steps lead to events, forward and back", (t) => {
  const { state, projector } = projection(t, run(10));
  const at = (wish) => [projector.steer(wish).event, shape(state).keys];
  assert.deepEqual(at({ seek: 5.5 }), [5, 5]);
  assert.deepEqual(at({ step: 1 }), [6, 6]);
  assert.deepEqual(at({ step: -1 }), [5, 5]);
  assert.deepEqual(at({ step: -3 }), [2, 2]);
  assert.deepEqual(at({ step: 3 }), [5, 5]);
  assert.deepEqual(at({ step: 99 }), [10, 10]);
  assert.deepEqual(at({ step: -99 }), [0, 1]);
});

test("while nothing happens time goes on", (t) => {
  const tape = run(1);
  tape.add(100, delta());
  const { projector, wait } = projection(t, tape);
  const places = [];
  projector.addEventListener("message", ({ detail }) => places.push(detail.replay.at));
  projector.steer({ seek: 2, play: true });
  wait(300);
  assert.equal(places.length, 4);
});

test("whoever is amid a tape that forgets its beginning misses nothing", (t) => {
  const tape = run(350, { most: 1500 });
  const { state, projector, wait } = projection(t, tape);
  projector.steer({ seek: 340, play: true, speed: 10 });
  goOn(tape, 500);
  assert.equal(tape.first, 200);
  wait(1000);
  assert.deepEqual(shape(state), { ids: [id("20"), id("80")], keys: 350, told: state.told });
  assert.equal(projector.playback.event, 151);
});

test("whoever stands where a tape has forgotten goes on at its beginning", (t) => {
  const tape = run(350, { most: 1500 });
  const { state, projector, wait } = projection(t, tape);
  projector.steer({ seek: 340 });
  goOn(tape, 1000);
  assert.ok(tape.first > 341);
  assert.equal(projector.steer({ play: true }).at, 0);
  assert.equal(shape(state).keys, tape.start);
  wait(2000);
  assert.equal(shape(state).keys, tape.start + 2);
});

test("of two tapes side by side the shorter one stays at its end", async (t) => {
  const [first, second] = [projection(t, run(20)), projection(t, run(10))];
  const drive = together({ film: null, steer: async (wish) => first.projector.steer(wish) }, second.projector);
  await drive.steer({ seek: 5, play: true });
  assert.deepEqual([second.projector.playback.at, second.projector.playback.playing], [5, true]);
  const { at, playing } = await drive.steer({ seek: 15, play: true });
  assert.deepEqual([at, playing], [15, true]);
  assert.deepEqual([second.projector.playback.at, second.projector.playback.playing], [10, false]);
});
