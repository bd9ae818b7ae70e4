import assert from "node:assert/strict";
import { test } from "node:test";

import { Player } from "../static/player.js";

const settled = () => new Promise((later) => setImmediate(later));

test("a step onto a lookup shows its route, whatever the stream says before the answer comes", async () => {
  const page = new Proxy({}, { get: (known, name) => (known[name] ??= new EventTarget()) });
  const shown = [];
  const player = new Player(page, { show: (path) => shown.push(path) }, null);
  let answer = (_) => {};
  player.open({ film: () => new Promise(() => {}), steer: () => new Promise((resolve) => (answer = resolve)) });
  const replay = { event: 4 };
  player.show({ events: [], replay });
  player.step(1);
  player.show({ events: [{ peer: { id: "00" }, route: { id: "8".padEnd(40, "0"), owner: {} } }], replay: { ...replay, event: 5 } });
  player.show({ events: [], replay: { ...replay, event: 5 } });
  answer({ ...replay, event: 5 });
  await settled();
  assert.equal(shown.length, 1);
  assert.equal(shown[0].at, 0.5);
});
