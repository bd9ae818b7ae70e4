// Messages as the stream has them, for the tests.

/** id names a peer by the first two digits of its position. */
export const id = (digits) => digits.padEnd(16, "0");

/** view is what a peer of a ring in good order tells of itself. */
export const view = (digits, changes = {}) => ({
  id: id(digits), peer: `peer-${digits}`, pred: "", succ: [], fingers: [],
  keys: 1, records: 3, known: 2, replicated: true, member: true, ...changes,
});

/** ringOf is the views of peers that are one ring, given clockwise. */
export const ringOf = (...digits) =>
  digits.map((d, i) => view(d, {
    pred: id(digits.at(i - 1)),
    succ: digits.length > 1 ? [id(digits[(i + 1) % digits.length])] : [],
  }));

export const snapshot = (peers, rest = {}) => ({
  type: "snapshot", seq: 1, ring: "r", lab: true, well_formed: true, replicated: true, peers, ...rest,
});

export const delta = (changes = {}) => ({
  type: "delta", seq: 2, well_formed: true, replicated: true, peers: [], gone: [], events: [], ...changes,
});

export const event = (kind, digits, rest = {}) => ({
  time: "2026-01-02T03:04:05Z", kind, peer: { id: id(digits), peer: `peer-${digits}` }, ...rest,
});
