// Package replica is the data plane of a peer: it holds records, answers reads
// and writes with quorums, and reconciles what it holds with the other replicas.
//
// Like package chord it is a pure state machine, driven in the same way:
// [Replica.Step] takes in a message, [Replica.Tick] the time,
// [Replica.SetNeighbours] the peer's place on the ring, and [Replica.Early] and
// [Replica.Ready] yield what is to be done. Its driver does at once what Early
// yields. It first stores Ready's Writes and Drops, and only then sends the
// Messages and hands out the Outcomes behind them, so that nothing is acknowledged
// before it is durable; what the store refuses is taken back by
// [Replica.NotStored]. Where a key lives is asked by Locates and answered by
// [Replica.Located], at first by a guess (guess.go). Values are read back
// through the [Reader]; keys and versions are kept in memory ([Index]).
//
// # Placement
//
// A key belongs to the first N distinct peers clockwise from its position. Seen
// from a peer: it is responsible for the arc from its N-th predecessor to itself.
//
// # Reads and writes
//
// Any peer coordinates: it locates the replicas, asks them in parallel, and is
// done when W that count have stored a write durably, or R have answered a read. A replica
// that has not yet reconciled the arc of a key since it became responsible for
// it answers "not complete", which never counts towards R: so a key is not
// reported missing while it is on its way. It begins to count only once it agrees with those who are
// replicas beside it on who they all are, so that all go by one view of the ring. Nor are
// such answers enough for a write: they cannot tell whether it is the newest. An attempt
// that falls short is repeated, located anew, until the operation's deadline.
//
// A replica that does not answer is owed the record: the next peer along the ring holds
// it as a hint (hint.go) and hands it over as a stray. Some writes read first: a touch
// (touch.go), which gives a value a new expiry without sending it, and a conditional
// write (condition.go), which minds what a read quorum shows, and no more than that.
//
// # Reconciliation of an arc
//
// One mechanism stands behind join, leave, crash, restart and the regular
// round: two peers compare the count and fingerprint of an arc, split it where
// they differ, list the versions where few are left, and exchange the records
// that one of them lacks. The peer that begins drives it; the other just
// answers, so it keeps no state and may vanish at any time. A round reconciles
// with every peer that shares a part of the arc, and then hands what lies
// outside the arc to its replicas and drops it. What moves can be bounded and paused
// (throttle.go), and every wait has a reason that can be asked for (progress.go).
//
// # How records end
//
// A deleted record stays as a tombstone, and an expired one becomes one: its value
// is dropped, its version stays, so that its fingerprint does not change and no
// replica need be told. That waits until the time has come on every clock.
//
// A tombstone may only go once no replica can hold an older version that would
// come back: after the grace period, and after a round with all other replicas in which
// none turned out to have missed a delete. The replicas need not collect it at the same
// moment: one that still has it neither gives it to one that has not, nor takes it from
// there. Whoever was away for longer than the grace period has not heard of all
// deletes; see [Presence].
//
// # What the store refuses
//
// A record counts from the moment on at which it is in the store. What waits for that
// goes out with Ready, all else with Early (outbox.go). If a commit fails, what it was to
// store is forgotten and what would have said so is taken back (refuse.go); a record that
// the store cannot give back any more is fetched from the other replicas (hold.go).
package replica
