import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { readFilm } from "../static/film.js";
import { keysOf } from "../static/ring.js";
import { lessons } from "../static/lessons.js";
import { empty, fold } from "../static/state.js";

const open = (id) => readFilm(id, readFileSync(new URL(`../static/lessons/${id}.jsonl`, import.meta.url), "utf8"));
const at = ({ tape }, seconds) => fold(empty(), tape.snapshot(tape.behind(seconds)), 0);
const moved = ({ tape }, from, to, said) => tape.between(tape.behind(from), tape.behind(to)).flatMap(({ message }) => message.events)
  .filter((e) => e.kind === "reconciled" && (e.text ?? "").startsWith(said)).reduce((sum, e) => sum + (e.count ?? 0), 0);

test("every step lies in its recording, and chooses a peer that is there", () => {
  for (const { id, steps, beside } of lessons) {
    const opened = open(id);
    if (beside) open(beside.id);
    let last = 0;
    for (const { from, to, select } of steps) {
      assert.ok(from >= last && to >= from && to <= opened.film.length, `${id}: ${from} to ${to}`);
      last = from;
      if (select) assert.ok([...at(opened, to).peers.keys()].some((p) => p.startsWith(select.slice(0, 8))), `${id}: ${select}`);
    }
  }
});

test("lookup: what the captions say is so", () => {
  const state = at(open("lookup"), 10.289);
  const { peer, route: { hops } } = state.operations[0];
  assert.deepEqual([state.order.length, peer.id.slice(0, 8), hops.map((hop) => hop.why)], [64, "e4182497", ["closest", "closest", "closest", "may own"]]);
  assert.ok(hops[2].others.some((other) => other.why === "waiting" && other.id === hops[1].id), "two are asked at once");
});

test("join: what the captions say is so", () => {
  const opened = open("join");
  assert.deepEqual([at(opened, 1.2).order.length, keysOf(at(opened, 1.2))], [12, 120]);
  assert.deepEqual([at(opened, 1.8).order.length, keysOf(at(opened, 2.5))], [13, 120]);
  assert.deepEqual([moved(opened, 1.4, 1.56, ""), moved(opened, 1.4, 2.5, "handed over")], [27, 16]);
});

test("crash: what the captions say is so", () => {
  const opened = open("crash");
  assert.equal(at(opened, 4.3).events.filter((e) => e.kind === "suspected" && e.about.id.startsWith("66201b37")).length, 2);
  assert.ok(at(opened, 6.9).events.some((e) => e.kind === "dead"));
  assert.equal(moved(opened, 2.9, 8.35, ""), 28);
  assert.deepEqual([keysOf(at(opened, 8.35)), at(opened, 8.35).wellFormed, at(opened, 8.35).replicated], [120, true, true]);
});

test("partition: what the captions say is so", () => {
  const opened = open("partition");
  const state = at(opened, 8.4);
  assert.deepEqual([state.rings, state.order.filter((p) => p.ring === 1).length], [2, 6]);
  assert.ok(keysOf(state) > 200);
  assert.deepEqual([at(opened, 15.2).rings, at(opened, 15.2).wellFormed, keysOf(at(opened, 15.2))], [1, true, 120]);
});

test("original: what the captions say is so, on both sides", () => {
  const [old, today] = [open("original"), open("present")];
  const list = (opened, seconds) => at(opened, seconds).order.find((p) => p.id.startsWith("f65d501d")).succ.map((id) => id.slice(0, 8));
  const alive = (opened, seconds) => list(opened, seconds).filter((id) => at(opened, seconds).order.some((p) => p.id.startsWith(id))).length;
  assert.deepEqual([at(old, 3).order.length, at(today, 3).order.length, alive(old, 3), alive(today, 3)], [8, 8, 2, 2]);
  assert.deepEqual([list(old, 4.4)[0], list(today, 4.4)[0], at(old, 4.4).order.length], ["078dd77c", "078dd77c", 9]);
  assert.deepEqual([list(old, 4.97), alive(old, 4.97), alive(today, 4.97)], [["078dd77c", "266d3921"], 1, 2]);
  assert.deepEqual([alive(old, 6.5), alive(today, 6.5)], [0, 2]);
  assert.deepEqual([at(today, 5.93 + 1.5).wellFormed, at(today, 19.9).wellFormed, at(old, 19.9).wellFormed], [true, true, false]);
  assert.deepEqual([at(old, 19.9).order.length, at(old, 19.9).rings], [7, 0]);
});
