import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import * as api from "../static/api.js";
import { Listing } from "../static/listing.js";

/** @type {{url: URL, answer: (body: any) => void}[]} */
let asked;

// A server that answers when a test says so.
beforeEach(() => {
  asked = [];
  const element = () => Object.assign(new EventTarget(), { append() {} });
  globalThis.document = /** @type {any} */ ({ baseURI: "http://localhost/", createElement: element });
  globalThis.fetch = /** @type {any} */ ((url) => new Promise((resolve) => {
    asked.push({ url, answer: (body) => resolve({ ok: true, json: async () => body }) });
  }));
});

const settled = () => new Promise((later) => setImmediate(later));

test("a prefix is asked for as it was typed", () => {
  api.list("user:1 ü/%", "", 50);
  assert.equal(asked[0].url.searchParams.get("prefix"), "user:1 ü/%");
});

test("of two requests for a page only one is shown", async () => {
  const button = () => new EventTarget();
  const rows = [];
  const page = {
    key: { value: "k" }, list: button(), more: Object.assign(button(), { hidden: true }), note: { textContent: "" },
    keys: { append: (...more) => rows.push(...more), replaceChildren: () => rows.splice(0) },
  };
  new Listing(page, () => {});
  const click = (element) => element.dispatchEvent(new Event("click"));
  click(page.list);
  click(page.list);
  for (const { answer } of asked) answer({ keys: [{ key: "k1", size: 1 }], next: "k1" });
  await settled();
  assert.deepEqual([rows.length, page.note.textContent], [1, "The first 1 key that begins with “k”"]);
  click(page.more);
  click(page.more);
  for (const { answer } of asked.slice(2)) answer({ keys: [{ key: "k2", size: 1 }] });
  await settled();
  assert.deepEqual([rows.length, page.note.textContent, page.more.hidden], [2, "2 keys that begin with “k”", true]);
});
