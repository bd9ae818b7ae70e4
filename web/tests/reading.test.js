import assert from "node:assert/strict";
import { test } from "node:test";

import { dump, kindOf, textOf } from "../static/reading.js";

const bytes = (...list) => new Uint8Array(list);
const utf8 = (text) => new TextEncoder().encode(text);

test("kinds", () => {
  assert.equal(kindOf(utf8("<script>alert(1)</script> ü")), "text");
  assert.equal(kindOf(bytes(0x89, 0x50, 0x4e, 0x47, 1)), "image/png");
  assert.equal(kindOf(utf8("BMW is a car, GIF87a a format")), "text");
  assert.equal(kindOf(bytes(0xff, 0xfe)), "bytes");
  assert.equal(kindOf(utf8("a\0b")), "bytes");
  assert.equal(kindOf(utf8("<svg xmlns='http://www.w3.org/2000/svg'/>")), "text");
});

test("text is UTF-8 or none", () => {
  assert.equal(textOf(utf8("line\nline\t✓")), "line\nline\t✓");
  assert.equal(textOf(bytes(0xc3)), null);
});

test("dump", () => {
  assert.equal(dump(utf8("hello, ring")), "0000  68 65 6c 6c 6f 2c 20 72  hello, r\n0008  69 6e 67                 ing");
});
