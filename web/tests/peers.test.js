import assert from "node:assert/strict";
import { test } from "node:test";

import { dotRadius, fit } from "../static/circle.js";
import { hollow, spot } from "../static/peers.js";

test("the middle is free of peers, however many rings there are", () => {
  for (const [width, height] of [[340, 340], [560, 420], [1400, 1000]]) {
    const circle = fit(width, height);
    for (let rings = 1; rings < 9; rings++) {
      const inmost = { at: 0.25, ring: rings - 1, ringBefore: 0, movedAt: 0 };
      const away = spot({ circle, now: 0, calm: true }, inmost).x - circle.x;
      assert.ok(hollow(circle, rings) + dotRadius(circle, 20) <= away, `${width} pixels, ${rings} rings`);
    }
  }
});
