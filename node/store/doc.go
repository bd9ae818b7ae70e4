// Package store keeps a peer's records: durably in a goleveldb database
// ([Open]), or in memory for testnets ([Memory]).
//
// In the database a record stands under its position and its key, so that an
// arc of the ring is a range of keys. Each value carries a checksum of its own,
// verified at every read, since goleveldb by itself drops damaged records
// without an error.
package store
