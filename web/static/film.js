// A recording that the viewer opens in the page: its lines become the messages
// of a tape. The file is a stranger's: what is wrong with it is said by line.

import { eventOf, placeOf, viewOf } from "./forms.js";
import { judge } from "./judge.js";
import { marksOf } from "./moments.js";
import { Tape } from "./tape.js";

const newest = 1; // format that is understood

/** readFilm gives {film, tape} of a recording; film is what the API's is. */
export function readFilm(name, text) {
  const lines = text.split("\n");
  const header = readHeader(name, lines[0]);
  const reader = new Reader(header);
  const cut = readLines(reader, lines);
  const { tape } = reader;
  const seed = /"seed":(\d+)/.exec(lines[0])?.[1] ?? "0"; // it may be too large for a double
  const film = {
    file: name, source: header.source, ring: header.ring, start: header.start, command: header.command, link: header.link, seed, cut,
    length: tape.end - tape.start, peers: reader.met.size, events: tape.eventsUpTo(tape.next), marks: marksOf(tape),
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
  return { ...header, source: String(header.source), ring: String(header.ring), command: String(header.command ?? ""), link: String(header.link ?? "") };
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
    if (typeof line?.kind !== "string" || line.kind === "") throw new Error("it is not what a recording has");
    const at = (Date.parse(line.time) - this.start) / 1000;
    if (Number.isNaN(at)) throw new Error("it has no time");
    if (at > this.#at) this.flush();
    this.#at = Math.max(this.#at, at);
    if (line.kind === "view") this.#see(line);
    else if (line.kind === "gone") this.#lose(line);
    else if (line.kind === "ring") this.#judge(line);
    else this.flush([eventOf(line)]);
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

  #see({ peer, view }) {
    const id = placeOf(peer);
    this.met.add(id);
    const old = this.#views.get(id) ?? { id, peer: peer.peer, pred: "", succ: [], fingers: [], keys: 0, records: 0, known: 0, replicated: false, member: false };
    const now = { ...old, ...viewOf(view) };
    this.#views.set(id, now);
    this.#peers.set(id, now);
    this.#gone.delete(id);
    this.#fresh = true;
  }

  #lose({ peer }) {
    const id = placeOf(peer);
    this.#views.delete(id);
    this.#peers.delete(id);
    this.#gone.add(id);
    this.#fresh = true;
  }

  #judge({ ring }) {
    this.#state = { well_formed: Boolean(ring?.well_formed), problem: String(ring?.problem ?? ""), replicated: Boolean(ring?.replicated) };
    this.#fresh = true;
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
