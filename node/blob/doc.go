// Package blob keeps values of any size on a ring whose records hold 1 MiB at most.
//
// [Put], [Get], [Touch] and [Delete] stand in for those of a [Peer]. A value that
// fits into a record is one, as ever. A larger one is cut into blocks, each of them a
// record of its own somewhere on the ring, and what stands under the key is its
// manifest: the list of the blocks.
//
// # Blocks
//
// A block's key is a reserved prefix and the SHA-256 of the value's salt and the
// block's bytes. So a reader can verify each, equal blocks of one value are stored
// once, and blocks of different values are never the same: whoever removes a value
// removes nothing of another. Values are streamed both ways, with a few blocks in
// flight, whatever their size.
//
// # What a crash leaves
//
// A manifest must never outlive its blocks. They are put first, with a time to live
// of a day, then touched to live for ever, and only then comes the manifest. A crash
// of the peer that does it leaves
//
//   - while blocks are put: blocks that expire by themselves;
//   - between the first touch and the manifest: blocks that stay for good, which
//     nothing refers to. That time does not depend on who sends the value: only
//     the ring has work left, and no value travels;
//   - after that: the whole value.
//
// An error is no crash: the blocks that were put are deleted. But where the outcome
// of putting the manifest is unknown they stay, as the value may be there. A value
// with a time to live gives its blocks a day more, and needs no touches.
//
// # Change
//
// The replicas hand a manifest to whoever took its place, and that one deletes its
// blocks. Who reads the old value meanwhile gets [ErrChanged], and never wrong bytes.
// What cannot be deleted, because the peer crashed or too few replicas answer, stays
// for good.
package blob
