import assert from "node:assert/strict";
import { test } from "node:test";

import { Source } from "../static/source.js";
import { delta, snapshot, view } from "./messages.js";

function running() {
  const hears = {};
  const source = new Source({ on: (type, act) => (hears[type] = act), resync: () => {} });
  hears.snapshot(snapshot([view("20")]));
  hears.delta(delta({ peers: [view("80")] }));
  return source;
}

test("at the end of what is kept, a ring that runs goes neither faster nor further", async () => {
  const source = running();
  for (const wish of [{ speed: 2 }, { step: 1 }, { play: true }]) {
    const now = await source.minutes.steer(wish);
    assert.deepEqual([source.mode, now.playing, now.speed], ["live", true, 1]);
  }
});

test("whoever pauses, seeks or steps back is in the past, where any speed is possible", async () => {
  for (const wish of [{ play: false }, { seek: 0 }, { step: -1 }]) {
    const source = running();
    await source.minutes.steer(wish);
    assert.equal(source.mode, "past");
    assert.equal((await source.minutes.steer({ speed: 2 })).speed, 2);
  }
});
