import assert from "node:assert/strict";
import { test } from "node:test";

import { readFilm } from "../static/film.js";
import { empty, fold } from "../static/state.js";

const full = (digits) => digits.padEnd(64, "0");
const short = (digits) => digits.padEnd(16, "0");
const header = { peal_recording: 1, source: "simulator", ring: "simulation", start: "1970-01-01T00:00:00Z", command: "peal sim", link: "seed=1" };
const line = (seconds, kind, digits, rest = {}) => ({
  time: new Date(1000 * seconds).toISOString(), kind, ...(digits ? { peer: { id: full(digits), peer: `peer-${digits}` } } : {}), ...rest,
});
const two = [
  line(0, "view", "20", { view: { member: true, succ: [short("80")], pred: short("80") } }),
  line(1, "view", "80", { view: { member: true, succ: [short("20")], pred: short("20") } }),
  line(1, "joined", "80"),
];
const file = (...lines) => [header, ...lines].map((l) => JSON.stringify(l)).join("\n") + "\n";
const read = (...lines) => readFilm("run.jsonl", file(...lines));
const endOf = ({ tape }) => fold(empty(), tape.snapshot(tape.next), 0);

test("a recording becomes a tape, judged where nobody has", () => {
  const opened = read(...two);
  const { film } = opened;
  assert.deepEqual([film.peers, film.events, film.length, film.cut, film.source, film.link], [2, 1, 1, false, "simulator", "seed=1"]);
  const state = endOf(opened);
  assert.deepEqual([state.wellFormed, state.order.length, state.events[0].kind], [true, 2, "joined"]);
});

test("views change by what they name, and a peer goes", () => {
  const state = endOf(read(...two, line(2, "view", "20", { view: { keys: 7, pred: "" } }), line(3, "gone", "80")));
  assert.deepEqual([state.order.map((p) => [p.keys, p.pred, p.succ]), state.wellFormed], [[[7, "", [short("80")]]], false]);
  assert.match(state.problem, /80000000 does not answer, and is still listed/);
});

test("what was said of the ring is believed", () => {
  const state = endOf(read(...two, line(2, "ring", "", { ring: { well_formed: false, problem: "a gap", replicated: true } })));
  assert.deepEqual([state.wellFormed, state.problem, state.replicated], [false, "a gap", true]);
});

test("marks: faults, and where the ring broke", () => {
  const ring = (seconds, whole) => line(seconds, "ring", "", { ring: { well_formed: whole } });
  const { film } = read(...two, ring(2, true), line(3, "fault", "", { text: "a cut" }), ring(4, false), ring(5, false), line(6, "killed", "80"));
  assert.deepEqual(film.marks.map((m) => [m.at, m.kind, m.text]), [[3, "fault", "a cut"], [4, "violation", "the ring is not well-formed"], [6, "killed", ""]]);
});

test("a seed keeps all of its digits", () => {
  const text = file(...two).replace('"ring":"simulation"', '"ring":"simulation","seed":18446744073709551615');
  assert.equal(readFilm("f", text).film.seed, "18446744073709551615");
});

test("a name that every object has is as good as any", () => {
  const { film } = read(...two, line(2, "toString", "80"), line(2, "constructor", "80"));
  assert.equal(film.events, 3);
  const state = endOf(readFilm("f", file(...two).replace('"view":{', '"view":{"__proto__":1,"toString":2,')));
  assert.deepEqual([state.order.length, String(state.order[0])], [2, "[object Object]"]);
});

test("without its end it is shown up to there", () => {
  const text = file(...two);
  const { film, tape } = readFilm("f", text.slice(0, -20));
  assert.deepEqual([film.cut, fold(empty(), tape.snapshot(tape.next), 0).order.length], [true, 2]);
});

test("what is wrong is said by line", () => {
  const wrong = [
    ["no json", /line 1 .*|no recording/, "hello\n"],
    ["no header", /no recording of Peal/, '{"a":1}\n'],
    ["newer", /newer than this page/, '{"peal_recording":2}\n'],
    ["no kind", /line 3: it is not what a recording has/, file(two[0], { time: header.start }, two[1])],
    ["no peer", /line 2: it names no peer/, file(line(0, "view", ""), two[0])],
    ["a stranger's peer", /line 2: its peer is not what an event has/, file(line(0, "joined", "", { peer: { id: 5, peer: "p" } }), two[0])],
    ["a route", /line 2: its route is not what an event has/, file(line(0, "lookup", "20", { route: { id: full("20"), hops: 3, ms: 1 } }), two[0])],
    ["another", /line 2: its route is not what an event has/, file(line(0, "lookup", "20", { route: { id: full("20"), hops: [{ id: full("80"), peer: "p", ms: 1, others: [{ id: 5 }] }], ms: 1 } }), two[0])],
    ["a time", /line 2: its route is not what an event has/, file(line(0, "lookup", "20", { route: { id: full("20"), hops: [], ms: "<b>" } }), two[0])],
    ["a list", /line 2: its succ is not/, file(line(0, "view", "20", { view: { succ: "<img src=x>" } }), two[0])],
    ["a number", /line 2: its keys is not/, file(line(0, "view", "20", { view: { keys: "<b>" } }), two[0])],
  ];
  for (const [what, message, text] of wrong) assert.throws(() => readFilm("f", text), message, what);
});
