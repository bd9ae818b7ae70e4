// A recording that the viewer opens in the page: its lines become the messages
// of a tape. The file is a stranger's: what is wrong with it is said by line.

import { judge } from "./judge.js";
import { marksOf } from "./moments.js";
import { Tape } from "./tape.js";

const newest = 1; // format that is understood
const largest = 64 << 20; // bytes; the command line takes more
const idPattern = /^[0-9a-f]{64}$/;

/** readFilm gives {film, tape} of a recording; film is what the API's is. */
export function readFilm(name, text) {
  if (text.length > largest) throw new Error(`${name} is larger than 64 MiB: use peal replay ${name}`);
  const lines = text.split("\n");
  const header = readHeader(name, lines[0]);
  const reader = new Reader(header);
  const cut = readLines(reader, lines);
  const { tape } = reader;
  const seed = /"seed":(\d+)/.exec(lines[0])?.[1] ?? "0"; // it may be too large for a double
  const film = {
    file: name, source: header.source, ring: header.ring, start: header.start, command: header.command, seed, cut,
    length: tape.end - tape.start, peers: reader.met.size, events: tape.eventsUpTo(tape.length), marks: marksOf(tape),
  };
  return { film, tape };
}

function readHeader(name, line) {
  const header = parse(line);
  const format = header?.peal_recording;
  if (!Number.isInteger(format)) throw new Error(`${name} is no recording of Peal: its first line is not the header that peal ... --record FILE writes`);
  if (format > newest) throw new Error(`${name} is newer than this page: its format is ${format}, and this reads up to ${newest}`);
  const start = Date.parse(header.start);
  if (Number.isNaN(start)) throw new Error(`${name} is damaged: line 1 has no time`);
  return { ...header, source: String(header.source), ring: String(header.ring), command: header.command ? String(header.command) : "" };
}

// Without its end a file is still complete up to there.
function readLines(reader, lines) {
  for (let i = 1; i < lines.length; i++) {
    if (lines[i] === "" && i === lines.length - 1) break;
    try {
      reader.take(parse(lines[i]));
    } catch (err) {
      if (i === lines.length - 1) {
        reader.flush();
        return true;
      }
      throw new Error(`the recording is damaged: line ${i + 1}: ${err.message}`);
    }
  }
  reader.flush();
  return false;
}

/** Reader gathers the lines that belong together into messages. */
class Reader {
  tape = new Tape();
  met = new Set();
  #views = new Map();
  /** @type {{well_formed?: boolean, problem?: string, replicated?: boolean}} */
  #state = {}; // what was said of the ring, if anything
  #at = 0;
  #peers = new Map();
  #gone = new Set();
  #fresh = false; // something waits to be sent

  constructor(header) {
    this.start = Date.parse(header.start);
    this.tape.add(0, { type: "snapshot", seq: 0, ring: header.ring, lab: false, peers: [], replicated: true });
  }

  take(line) {
    if (line === null || typeof line !== "object" || typeof line.kind !== "string") throw new Error("it is not what a recording has");
    const at = (Date.parse(line.time) - this.start) / 1000;
    if (Number.isNaN(at)) throw new Error("it has no time");
    if (at > this.#at) this.flush();
    this.#at = Math.max(this.#at, at);
    const take = { view: () => this.#see(line), gone: () => this.#lose(line), ring: () => this.#judge(line) }[line.kind];
    if (take) take();
    else this.flush([line]);
  }

  /** flush sends what has changed, and an event that it led to. */
  flush(events = []) {
    if (!this.#fresh && events.length === 0) return;
    this.tape.add(this.#at, { type: "delta", seq: 0, replicated: true, ...this.#state, problems: this.#problems(), peers: [...this.#peers.values()], gone: [...this.#gone], events });
    this.#peers.clear();
    this.#gone.clear();
    this.#fresh = false;
  }

  // The file says that something is wrong, and the views what.
  #problems() {
    if (this.#state.well_formed !== false) return [];
    return judge([...this.#views.values()].sort((a, b) => (a.id < b.id ? -1 : 1))).problems;
  }

  #see({ peer, view = {} }) {
    const id = idOf(peer);
    this.met.add(id);
    const old = this.#views.get(id) ?? { id, peer: String(peer.peer), pred: "", succ: [], fingers: [], keys: 0, records: 0, known: 0, replicated: false, member: false };
    const now = { ...old, ...checked(view) };
    this.#views.set(id, now);
    this.#peers.set(id, now);
    this.#gone.delete(id);
    this.#fresh = true;
  }

  #lose({ peer }) {
    const id = idOf(peer);
    this.#views.delete(id);
    this.#peers.delete(id);
    this.#gone.add(id);
    this.#fresh = true;
  }

  #judge({ ring = /** @type {any} */ ({}) }) {
    this.#state = { well_formed: Boolean(ring.well_formed), problem: String(ring.problem ?? ""), replicated: Boolean(ring.replicated) };
    this.#fresh = true;
  }
}

function idOf(peer) {
  if (!idPattern.test(peer?.id)) throw new Error("it names no peer");
  return peer.id.slice(0, 16);
}

const places = (list) => Array.isArray(list) && list.length <= 256 && list.every((id) => /^[0-9a-f]{16}$/.test(id));

const checks = {
  pred: (v) => /^([0-9a-f]{16})?$/.test(v), succ: places, fingers: places,
  keys: Number.isInteger, records: Number.isInteger, known: Number.isInteger,
  member: (v) => typeof v === "boolean", paused: (v) => typeof v === "boolean", replicated: (v) => typeof v === "boolean",
};

function checked(view) {
  const known = Object.entries(view).filter(([name]) => name in checks);
  for (const [name, value] of known) if (!checks[name](value)) throw new Error(`its ${name} is not what a view has`);
  return Object.fromEntries(known);
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
