import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { Churn } from "../static/churn.js";

test("the rate is that of the slider, also when it was moved while a request was under way", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const waiting = [];
  globalThis.document = /** @type {any} */ ({ baseURI: "http://localhost/" });
  globalThis.fetch = /** @type {any} */ (() => new Promise((resolve) => waiting.push(() => resolve({ ok: true, json: async () => ({}) }))));
  const churn = Object.assign(new EventTarget(), { valueAsNumber: 0 });
  new Churn({ churn, churnRate: {}, silent: {}, lab: {} }, new EventTarget(), () => {});
  const set = (rate) => {
    churn.valueAsNumber = rate;
    churn.dispatchEvent(new Event("input"));
  };
  const requestsIn = async (seconds) => {
    let requests = 0;
    for (let tenth = 0; tenth < 10 * seconds; tenth++) {
      mock.timers.tick(100);
      for (; waiting.length > 0; requests++) waiting.pop()();
      await new Promise((later) => setImmediate(later));
    }
    return requests;
  };
  set(30); // one of either each two seconds
  assert.equal(await requestsIn(10), 10);
  mock.timers.tick(1000); // and now it takes its time
  set(60);
  set(30);
  mock.timers.tick(300);
  assert.equal(waiting.length, 1);
  assert.equal(await requestsIn(10), 1 + 9); // the late one, and those from then on
  set(0);
  assert.equal(await requestsIn(10), 0);
});
