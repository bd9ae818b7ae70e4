// The dashboard: every part is made here and wired to the others.

import { Beside } from "./beside.js";
import { Canvas } from "./canvas.js";
import { Doom } from "./doom.js";
import { Dossier } from "./dossier.js";
import { Charts } from "./charts.js";
import { KeyBox } from "./keys.js";
import { Lesson } from "./lesson.js";
import { wireLayers } from "./legend.js";
import { Lab } from "./lab.js";
import { Listing } from "./listing.js";
import { Log } from "./log.js";
import { Operations } from "./operations.js";
import { Panel } from "./panel.js";
import { wireOpening } from "./opening.js";
import { Player, recorded } from "./player.js";
import { Ring } from "./ring.js";
import { Selection } from "./selection.js";
import { Sentence } from "./sentence.js";
import { wireShortcuts } from "./shortcuts.js";
import { Simulation } from "./simulation.js";
import { Source } from "./source.js";
import { Connection, Status } from "./status.js";
import { wireKeys, wirePointer } from "./steer.js";
import { Stream } from "./stream.js";
import { Table } from "./table.js";
import { wireTabs } from "./tabs.js";
import { wireTheme } from "./theme.js";
import { around, write } from "./words.js";
import { wireTravel, zoomIn, zoomOut } from "./travel.js";

const element = (id) => /** @type {any} */ (document.getElementById(id));
const elements = (names) => Object.fromEntries(Object.entries(names).map(([name, id]) => [name, element(id)]));

const ring = new Ring();
const selection = new Selection();
const stream = new Stream();
const source = new Source(stream);

const canvas = new Canvas(element("ring"), ring, selection);
wirePointer(canvas, element("tip"));
wireKeys(canvas);
wireTravel(canvas, elements({ closer: "closer", farther: "farther", whole: "whole" }));
wireLayers(element("layer"), element("shades"), ring, selection);
wireTheme(element("theme"), () => {
  canvas.recolour();
  beside.canvas.recolour();
});

new Panel(element("details"), element("announce"), ring, selection);
new Dossier(elements({ facts: "dossier", head: "peer-events-head", events: "peer-events" }), ring, selection, () => source.mode === "live");
new Status(elements({
  ringName: "ring-name", peers: "peers", keys: "keys", shape: "shape", replication: "replication", problem: "problem",
}), ring);
new Sentence(elements({ health: "health", verdict: "verdict", reasons: "reasons" }), ring, selection);
new Connection({
  ...elements({ state: "state", empty: "empty", emptyTitle: "empty-title", emptyText: "empty-text", retry: "retry" }),
  stage: document.querySelector(".stage"),
}, stream, source, ring);
new Lab(elements({
  lab: "lab", kill: "kill", killCount: "kill-count", killHow: "kill-how", killSelected: "kill-selected",
  join: "join", joinCount: "join-count", result: "lab-result", silent: "silent", cut: "cut", cutShare: "cut-share",
  cutSelected: "cut-selected", heal: "heal", churn: "churn", churnRate: "churn-rate", those: "those",
  pause: "pause", pauseCount: "pause-count", pauseSelected: "pause-selected", resume: "resume",
  restart: "restart", restartCount: "restart-count", restartDown: "restart-down", restartSelected: "restart-selected",
  impair: "impair", drop: "drop", delay: "delay", delayBy: "delay-by",
}), ring, selection);
const keyBox = new KeyBox(elements({
  key: "key", value: "value", via: "via", viaRow: "via-row", result: "result",
  put: "put", get: "get", lookup: "lookup", delete: "delete", touch: "touch",
  ttl: "ttl", unchanged: "unchanged", unchangedRow: "unchanged-row",
}), ring, selection);
new Listing(elements({ key: "key", list: "list", more: "more", keys: "listing", note: "listing-note" }), (key) => keyBox.open(key));
new Doom(elements({ mark: "doom-mark", none: "doom-none", name: "doom-name", answer: "doom-answer", keys: "doom-keys" }), ring, selection);
const operations = new Operations(elements({
  kind: "operation-kind", text: "operation-text", chosen: "operation", list: "operations", empty: "operations-empty",
}), ring, selection);
const table = new Table(elements({ head: "table-head", body: "table-body", note: "table-note", back: "table-back", next: "table-next" }), ring, selection);
const charts = new Charts(element("charts-view"), ring);
const showView = wireTabs(element("stage-tabs"), () => {
  table.show();
  charts.show(Infinity);
});
const showTab = wireTabs(element("watch-tabs"));
const log = new Log(elements({
  list: "log", kinds: "kinds", summary: "kinds-summary", clear: "log-clear", empty: "log-empty",
}), ring, (event) => {
  operations.watch(event);
  showTab("tab-operations");
});
const player = new Player(elements({
  player: "player", back: "back", play: "play", playText: "play-text", forward: "forward", speed: "speed", seek: "seek",
  clock: "clock", event: "event", faults: "faults", violations: "violations",
  card: "film", facts: "film-facts", again: "film-again", command: "film-command",
  linkRow: "film-link-row", link: "film-link", copy: "film-copy", copied: "film-copied", marks: "marks", rest: "marks-rest",
  problem: "film-problem",
}), selection, log);

source.addEventListener("message", (event) => {
  const message = /** @type {CustomEvent} */ (event).detail;
  ring.take(message, performance.now());
  if (message.replay) charts.see(message);
  if (source.mode === "live") player.open(message.replay ? recorded : source.minutes);
  player.show(message.replay ? message : { ...message, replay: source.playback });
  if (message.type === "snapshot") keyBox.settle();
  document.body.classList.toggle("replaying", ring.state.recorded);
  document.body.classList.toggle("simulates", source.simulates);
  document.body.classList.toggle("has-paused", ring.state.order.some((peer) => peer.paused));
});
source.addEventListener("heard", (event) => {
  const { message, at } = /** @type {CustomEvent} */ (event).detail;
  charts.hear(message, at);
});
source.addEventListener("mode", () => {
  document.body.dataset.mode = source.mode;
  element("live").hidden = element("elsewhere").hidden = source.mode === "live";
});
for (const id of ["live", "return"]) element(id).addEventListener("click", () => source.live());
setInterval(() => player.grow(), 2000);
const beside = new Beside({
  ...elements({ sheet: "beside", canvas: "ring-beside", health: "health-beside", verdict: "verdict-beside", reasons: "reasons-beside" }),
  titles: [element("title-first"), element("title-second")],
});
const lesson = new Lesson(elements({
  dialog: "lesson-list", list: "lesson-names", card: "lesson", title: "lesson-title", text: "lesson-text", note: "lesson-note",
  back: "lesson-back", next: "lesson-next", end: "lesson-end", large: "lesson-large", say: "say",
}), { source, player, selection, beside, layer: element("layer"), watch: () => operations.watch(ring.state.operations[0]) });
element("lessons").addEventListener("click", () => element("lesson-list").showModal());
const play = (opened) => {
  lesson.leave();
  write(element("say"), "");
  player.open(source.play(opened));
};
const simulation = new Simulation(elements({
  card: "simulation", text: "simulation-text", progress: "simulation-progress", note: "simulation-note", end: "simulation-end",
  ask: "simulate", dialog: "simulate-dialog", form: "simulate-form", cancel: "simulate-cancel",
}), source, play);
wireOpening(element("open"), play, (text) => write(element("say"), text));

// A peer named anywhere outside the canvas can be clicked.
for (const part of [element("result"), element("log"), element("operations-view")]) {
  part.addEventListener("click", (event) => {
    const { peer } = around(event, "[data-peer]")?.dataset ?? {};
    if (peer) selection.select(peer);
  });
}

// Whoever chooses a peer on the ring wants to read of it.
selection.addEventListener("change", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  if (detail === "selected" && selection.selected && document.activeElement === element("ring")) showTab("tab-peer");
});

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
  r: () => {
    showView("tab-ring");
    element("ring").focus();
  },
  1: () => showView("tab-ring"),
  2: () => showView("tab-table"),
  3: () => showView("tab-charts"),
  e: () => {
    showTab("tab-events");
    element("log").focus();
  },
  t: () => element("theme").click(),
  i: () => zoomIn(canvas),
  o: () => zoomOut(canvas),
  "0": () => canvas.whole(),
  l: () => element("layer").focus(),
  x: () => selection.doom(selection.selected),
  Escape: () => selection.clear(),
  " ": () => player.toggle(),
  ",": () => player.step(-1),
  ".": () => player.step(1),
  "-": () => player.hurry(-1),
  "+": () => player.hurry(1),
  p: () => player.skip(-1),
  n: () => player.skip(1),
  v: () => source.live(),
});

stream.connect();
simulation.follow();
