// Package backup writes and reads files of what a ring held.
//
// # The file
//
// A line is JSON, a tab, and the first 16 digits of the SHA-256 of that JSON:
//
//	{"backup":{"format":1,"begun":"2026-11-26T07:12:31Z"}}	0a21ad2d9a7cb6f1
//	{"record":{"key":"greeting","version":"1795671234567.0-Fxm1MT","size":5,"value":"aGVsbG8="}}	8c9e…
//	{"record":{"key":"film","version":"1795671234571.0-Fxm1MT","size":1500000,"value":"AAAA…"}}	51d0…
//	{"more":"c2No…"}	77ab…
//	{"end":{"keys":2,"bytes":1500005,"sha256":"e3b0…"}}	93fe…
//
// The first line tells the version of the format and when the backup began. Then
// there is a record for every key, in the order of their positions on the ring,
// which are the SHA-256 of the keys; so no key is there twice. A key that is no UTF-8
// is "key_base64" instead of "key". A record that expires has "expires", a time. A
// value is base64, and 1 MiB of it at most in one line: where it has more, lines with
// "more" follow, full but for the last, until there are "size" bytes. The last line
// counts the keys and the bytes of their values, and has the SHA-256 of all lines
// before it. JSON has no tab and no newline inside, so that a line always is one.
//
// # Whole, cut, damaged
//
// A file that is cut lacks its last line. What is damaged has a wrong checksum, in the
// line or in all. A [Reader] says where, as a [Damage], and goes on at the next record
// that is whole, if it is asked to; or a [Writer] goes on behind the last record before
// the first damage.
//
// Files come from strangers: what takes memory is bounded, whatever they say.
package backup
