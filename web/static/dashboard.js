// The dashboard: every part is made here and wired to the others.

import { Canvas } from "./canvas.js";
import { KeyBox } from "./keys.js";
import { Lab } from "./lab.js";
import { Log } from "./log.js";
import { Panel } from "./panel.js";
import { Player } from "./player.js";
import { Ring, shortID } from "./ring.js";
import { pathOf } from "./route.js";
import { Selection } from "./selection.js";
import { wireShortcuts } from "./shortcuts.js";
import { Connection, Status } from "./status.js";
import { wireKeys, wirePointer } from "./steer.js";
import { Stream } from "./stream.js";
import { wireTheme } from "./theme.js";

const element = (id) => document.getElementById(id);
const elements = (names) => Object.fromEntries(Object.entries(names).map(([name, id]) => [name, element(id)]));

const ring = new Ring();
const selection = new Selection();
const stream = new Stream();

const canvas = new Canvas(element("ring"), ring, selection);
wirePointer(canvas, element("tip"));
wireKeys(canvas);
wireTheme(element("theme"), () => canvas.recolour());

new Panel(element("details"), element("announce"), ring, selection);
new Status(elements({
  ringName: "ring-name", peers: "peers", keys: "keys", shape: "shape", replication: "replication", problem: "problem",
}), ring);
new Connection({
  ...elements({ state: "state", empty: "empty", emptyTitle: "empty-title", emptyText: "empty-text", retry: "retry" }),
  stage: document.querySelector(".stage"),
}, stream, ring);
new Lab(elements({
  lab: "lab", kill: "kill", killCount: "kill-count", killHow: "kill-how", killSelected: "kill-selected",
  join: "join", joinCount: "join-count", result: "lab-result",
}), ring, selection);
const keyBox = new KeyBox(elements({
  key: "key", value: "value", via: "via", viaRow: "via-row", result: "result",
  put: "put", get: "get", lookup: "lookup", delete: "delete",
}), ring, selection);
const log = new Log(elements({
  list: "log", kinds: "kinds", summary: "kinds-summary", clear: "log-clear", empty: "log-empty",
}), (event) => selection.show(pathOf(event.route, shortID(event.peer?.id))));
const player = new Player(elements({
  player: "player", back: "back", play: "play", playText: "play-text", forward: "forward", speed: "speed", seek: "seek",
  clock: "clock", event: "event", faults: "faults", violations: "violations",
  card: "film", facts: "film-facts", again: "film-again", command: "film-command", marks: "marks", rest: "marks-rest",
  problem: "film-problem",
}), selection, log);

stream.addEventListener("snapshot", ({ detail }) => {
  ring.snapshot(detail, performance.now());
  if (detail.replay) log.reset(detail.log);
  player.show(detail);
  keyBox.settle();
});
stream.addEventListener("delta", ({ detail }) => {
  ring.delta(detail, performance.now());
  log.add(detail.events, detail.more);
  player.show(detail);
});

// A peer named anywhere outside the canvas can be clicked.
for (const part of [element("result"), element("log")]) {
  part.addEventListener("click", (event) => {
    const { peer } = event.target.closest("[data-peer]")?.dataset ?? {};
    if (peer) selection.select(peer);
  });
}

// The style sheet shows the parts of the legend that apply.
selection.addEventListener("change", () => {
  document.body.classList.toggle("has-selected", Boolean(selection.selected || selection.hovered));
  document.body.classList.toggle("has-path", Boolean(selection.path));
});

const shortcuts = element("shortcuts");
element("help").addEventListener("click", () => shortcuts.showModal());
wireShortcuts({
  "?": () => shortcuts.showModal(),
  "/": () => element("key").focus(),
  r: () => element("ring").focus(),
  e: () => element("log").focus(),
  t: () => element("theme").click(),
  Escape: () => selection.clear(),
  " ": () => player.toggle(),
  ",": () => player.step(-1),
  ".": () => player.step(1),
  "-": () => player.hurry(-1),
  "+": () => player.hurry(1),
  p: () => player.skip(-1),
  n: () => player.skip(1),
});

stream.connect();
