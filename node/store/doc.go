// Package store keeps a peer's records: durably in a goleveldb database
// ([Open]), or in memory for testnets ([Memory]).
//
// In the database a record stands under its position and its key, so that an
// arc of the ring is a range of keys. Each value carries a checksum of its own,
// verified at every read.
//
// # What is promised
//
// A commit that was acknowledged is there after a crash, or the store says that
// something is missing. goleveldb alone promises less: it passes over what is
// damaged in its journal or its list of tables without an error, and deletes the
// tables that a damaged list does not name. So every commit writes a [note] of
// how many records there are and of the sum of their fingerprints, and tells it,
// once durable, to a [witness] beside the database. [DB.Each], which a peer calls
// at its start, compares all three. Only then is the database opened to write.
//
// A damaged database is set aside, never deleted. A [survey] of its files gives
// whatever has the right checksums to a new database in its place, and Each gives
// the line that says so.
//
// What goes unnoticed: an end of the journal that is damaged after a power cut,
// as far as the witness lags behind then; and damage that comes after the start,
// until the record is read, or the peer started, again.
//
// # Disks that fail
//
// A write that fails is taken back: what it left in the journal is cut off, and
// the database open to read only, until the disk takes writes again. The next
// Commit tries.
package store
