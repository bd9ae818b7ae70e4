// Moments of a tape that are worth going to: faults, and where the ring broke.

const marked = new Set(["fault", "violation", "missed", "killed", "paused", "resumed", "left", "failed"]);
const most = 500; // of a kind

/** marksOf lists them, in order, as the API does. Where many of a kind fall together the first stands for all.
 * @param {import("./tape.js").Tape} tape */
export function marksOf(tape) {
  const room = (tape.end - tape.start) / most;
  const last = new Map(); // kind -> its last mark
  const marks = [];
  for (const found of moments(tape)) {
    const before = last.get(found.kind);
    if (before && found.at - before.until <= room) {
      before.mark.count++;
      continue;
    }
    const mark = { ...found, count: 1 };
    last.set(found.kind, { mark, until: found.at });
    marks.push(mark);
  }
  return marks;
}

// Where a ring that was well-formed is no more, that is a violation, too.
function* moments(tape) {
  let whole = false;
  for (const { at, message } of tape.between(tape.first, tape.next)) {
    const since = at - tape.start;
    for (const event of message.events ?? []) {
      if (marked.has(event.kind)) yield { at: since, kind: event.kind, peer: event.peer?.id?.slice(0, 8) ?? "", text: event.text ?? "" };
    }
    if (whole && message.well_formed === false) yield { at: since, kind: "violation", peer: "", text: message.problem || "the ring is not well-formed" };
    whole = message.well_formed ?? whole;
  }
}
