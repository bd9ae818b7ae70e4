// The shapes of what travels between the modules, for the type checker alone.

/**
 * @typedef {object} View what a peer knows of itself, as the stream tells it
 * @property {string} id the first 16 digits of its position
 * @property {string} peer its peer ID
 * @property {string} pred
 * @property {string[]} succ
 * @property {string[]} fingers
 * @property {number} keys
 * @property {number} records
 * @property {number} known
 * @property {boolean} replicated
 * @property {boolean} member
 * @property {boolean} [paused] it stands still, and this is how it was before
 */

/**
 * @typedef {View & Seen} Peer
 *
 * @typedef {object} Seen where a peer is on the circle, and since when
 * @property {number} at fraction of the circle
 * @property {number} bornAt
 * @property {number} suspectedAt
 * @property {number} killedAt
 * @property {number} ring number of the ring that it leads to; the largest is 0
 * @property {number} ringBefore
 * @property {number} movedAt when its ring changed
 *
 * @typedef {Peer & {crashed: boolean, since: number, until: number}} Ghost a peer that has just gone
 */

/**
 * @typedef {{id: string, peer: string}} Contact
 * @typedef {Contact & {why: string}} Other a peer that was not asked at a hop
 * @typedef {Contact & {ms: number, failed?: boolean, why?: string, after?: number, others?: Other[]}} Hop
 * @typedef {{id: string, owner: Contact, replicas: Contact[], hops: Hop[], ms: number}} Route
 *
 * @typedef {object} Happening an event of the stream
 * @property {string} time
 * @property {string} kind
 * @property {Contact} [peer]
 * @property {Contact} [about]
 * @property {string} [text]
 * @property {number} [count]
 * @property {Route} [route]
 *
 * @typedef {{kind: string, peer: string, peers?: string[], text: string}} Problem
 * @typedef {{id: string, with: string, moved: number, left: number, bytes: number, waiting?: string}} Flow
 * @typedef {{ring: number, lookups: number, requests: number, repair: number}} Traffic bytes sent, by what for
 * @typedef {{at: number, event: number, playing: boolean, speed: number, jumps: number}} Playback
 */

/**
 * @typedef {object} Message a snapshot or a delta of the stream
 * @property {string} type
 * @property {number} seq
 * @property {string} [ring]
 * @property {boolean} [lab]
 * @property {boolean} [well_formed] absent where nobody has judged
 * @property {string} [problem]
 * @property {Problem[]} [problems]
 * @property {boolean} replicated
 * @property {View[]} peers
 * @property {string[]} [gone]
 * @property {Flow[]} [flows]
 * @property {Happening[]} [events]
 * @property {Happening[]} [log]
 * @property {Record<string, number>} [more]
 * @property {Playback} [replay]
 * @property {Traffic} [traffic] sent by all peers since they are watched
 */

/**
 * @typedef {object} State all that the page shows of the ring
 * @property {boolean} known a snapshot has come
 * @property {string} name
 * @property {boolean} lab
 * @property {boolean} recorded another time than now is shown
 * @property {boolean} wellFormed
 * @property {string} problem
 * @property {Problem[]} problems
 * @property {boolean} replicated
 * @property {Map<string, Peer>} peers
 * @property {Peer[]} order clockwise from position 0
 * @property {Flow[]} flows reconciliation that goes on
 * @property {Ghost[]} ghosts
 * @property {number} rings how many there are
 * @property {number} busyUntil time until which something animates
 * @property {Map<string, {crashed: boolean, at: number}>} verdicts
 * @property {Happening[]} events the last ones, newest first
 * @property {Happening[]} operations lookups and writes, newest first
 * @property {number} told events so far
 * @property {number} jumps how often another time was gone to
 * @property {Map<string, number>} counts events so far, by kind
 */

export {};
