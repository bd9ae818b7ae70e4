import assert from "node:assert/strict";
import { test } from "node:test";

import { Player } from "../static/player.js";

const settled = () => new Promise((later) => setImmediate(later));

const event = { peer: { id: "00" }, route: { id: "8".padEnd(40, "0"), owner: {} } };

// What the stream may say of a step from event 4 to 5: the event comes with the picture
// behind it, or before.
const tales = [
  [{ events: [event], replay: { event: 5 } }],
  [{ events: [event], replay: { event: 5 } }, { events: [], replay: { event: 5 } }],
  [{ events: [event], replay: { event: 4 } }, { replay: { event: 5 } }],
];

for (const [i, tale] of tales.entries()) {
  for (let before = 0; before <= tale.length; before++) {
    test(`a step onto a lookup shows its route: tale ${i}, ${before} messages before the answer`, async () => {
      const page = new Proxy({}, { get: (known, name) => (known[name] ??= new EventTarget()) });
      const shown = [];
      const player = new Player(page, { show: (path) => shown.push(path) }, null);
      let answer = (_) => {};
      player.open({ film: () => new Promise(() => {}), steer: () => new Promise((resolve) => (answer = resolve)) });
      player.show({ log: [], replay: { event: 4 } });
      player.step(1);
      for (const message of tale.slice(0, before)) player.show(message);
      answer({ event: 5 });
      await settled();
      for (const message of tale.slice(before)) player.show(message);
      assert.equal(shown.length, 1);
      assert.equal(shown[0].at, 0.5);
    });
  }
}
