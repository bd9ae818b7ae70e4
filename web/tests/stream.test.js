import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { Ring } from "../static/ring.js";
import { Source } from "../static/source.js";
import { Stream } from "../static/stream.js";
import { delta, event, id, ringOf, snapshot } from "./messages.js";

const hour = 3_600_000;

// The other end of a WebSocket, as far as a stream uses one.
class Socket extends EventTarget {
  static OPEN = 1;
  static all = [];
  readyState = 1;
  asked = 0; // for a snapshot

  constructor() {
    super();
    Socket.all.push(this);
  }

  send(text) {
    if (JSON.parse(text).type === "resync") this.asked++;
  }

  tell(message) {
    this.dispatchEvent(Object.assign(new Event("message"), { data: JSON.stringify(message) }));
  }

  close() {
    this.readyState = 3;
    this.dispatchEvent(new Event("close"));
  }
}

const last = () => Socket.all.at(-1);

// A page that shows a ring of three, and what it has said of its stream.
function page() {
  const stream = new Stream();
  const source = new Source(stream);
  const ring = new Ring();
  const states = [];
  stream.on("state", ({ state }) => states.push(state));
  source.addEventListener("message", ({ detail }) => ring.take(detail, Date.now()));
  stream.connect();
  last().tell(snapshot(ringOf("20", "80", "c0")));
  return { source, ring, states, peers: () => ring.state.order.map((peer) => peer.id) };
}

beforeEach(() => {
  Socket.all = [];
  globalThis.WebSocket = Socket;
  globalThis.document = { baseURI: "http://localhost/" };
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: 1_800_000_000_000 });
});

// Timers stand still while a machine sleeps, and the clock does not.
function sleep(ms) {
  mock.timers.setTime(Date.now() + ms);
}

test("a server that goes away and comes back: what was last seen stays, and then what is there is shown", () => {
  const { states, peers } = page();
  last().close();
  assert.deepEqual([states.at(-1), peers().length], ["waiting", 3]);
  for (let i = 0; i < 8; i++) {
    mock.timers.tick(20_000);
    assert.equal(states.at(-1), "connecting");
    last().close();
  }
  assert.equal(Socket.all.length, 9);
  mock.timers.tick(20_000);
  last().tell(snapshot(ringOf("40", "80"), { seq: 1 }));
  last().tell(delta({ seq: 2, gone: [id("40")], peers: ringOf("80") }));
  assert.deepEqual([states.at(-1), peers()], ["live", [id("80")]]);
});

test("an hour of sleep on a connection that is dead: a snapshot is asked for, and then another connection made", () => {
  const { states, peers } = page();
  const before = last();
  sleep(hour);
  mock.timers.tick(5000);
  assert.equal(before.asked, 1);
  before.tell(delta({ seq: 2, gone: [id("20")] })); // from before the sleep: nothing is applied to an old picture
  assert.equal(peers().length, 3);
  mock.timers.tick(5000);
  assert.notEqual(last(), before);
  assert.equal(states.at(-1), "connecting");
  last().tell(snapshot(ringOf("80", "c0")));
  assert.deepEqual([states.at(-1), peers()], ["live", [id("80"), id("c0")]]);
});

test("an hour of sleep on a connection that lives: the snapshot that comes is enough", () => {
  const { source, states, peers } = page();
  const socket = last();
  sleep(hour);
  mock.timers.tick(5000);
  socket.tell(snapshot(ringOf("20", "80"), { seq: 900 }));
  socket.tell(delta({ seq: 901, events: [event("joined", "20")] }));
  mock.timers.tick(60_000);
  assert.deepEqual([last() === socket, states.at(-1), peers().length], [true, "live", 2]);
  assert.ok(source.playback.at >= 0 && Number.isFinite(source.playback.at));
});

test("a page that is awake asks for nothing", () => {
  page();
  for (let i = 0; i < 1000; i++) mock.timers.tick(5000);
  assert.deepEqual([last().asked, Socket.all.length], [0, 1]);
});
