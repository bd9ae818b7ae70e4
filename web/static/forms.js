// The forms of what a recording says. The file is a stranger's: what has another
// form would break the page later, and is refused here by its name.

const isText = (v) => typeof v === "string";
const isTruth = (v) => typeof v === "boolean";
const fits = (pattern) => (v) => isText(v) && pattern.test(v);
const listOf = (is, most = Infinity) => (v) => Array.isArray(v) && v.length <= most && v.every(is);
const maybe = (is) => (v) => v === undefined || v === null || is(v);
const thing = (parts) => (v) => v !== null && typeof v === "object" && Object.entries(parts).every(([name, is]) => is(v[name]));

const isID = fits(/^[0-9a-f]{64}$/);
const isContact = thing({ id: isID, peer: isText });
const isOther = thing({ id: isID, peer: isText, why: isText });
const isHop = thing({
  id: isID, peer: isText, ms: Number.isFinite, failed: maybe(isTruth),
  why: maybe(isText), after: maybe(Number.isInteger), others: maybe(listOf(isOther)),
});
const places = listOf(fits(/^[0-9a-f]{16}$/), 256);

const ofView = {
  pred: fits(/^([0-9a-f]{16})?$/), succ: places, fingers: places,
  keys: Number.isInteger, records: Number.isInteger, known: Number.isInteger,
  member: isTruth, paused: isTruth, replicated: isTruth,
};

const ofEvent = {
  peer: maybe(isContact), about: maybe(isContact), text: maybe(isText), count: maybe(Number.isInteger),
  route: maybe(thing({ id: isID, owner: maybe(isContact), replicas: maybe(listOf(isContact)), hops: maybe(listOf(isHop)), ms: Number.isFinite })),
};

/** placeOf names a peer by the first 16 digits of its position. */
export function placeOf(peer) {
  if (!isContact(peer)) throw new Error("it names no peer");
  return peer.id.slice(0, 16);
}

/** viewOf gives those parts of a view that are known. */
export function viewOf(view) {
  const known = Object.entries(view ?? {}).filter(([name]) => Object.hasOwn(ofView, name));
  for (const [name, value] of known) if (!ofView[name](value)) throw new Error(`its ${name} is not what a view has`);
  return Object.fromEntries(known);
}

/** eventOf gives a line that is an event. */
export function eventOf(line) {
  for (const [name, is] of Object.entries(ofEvent)) if (!is(line[name])) throw new Error(`its ${name} is not what an event has`);
  return line;
}
