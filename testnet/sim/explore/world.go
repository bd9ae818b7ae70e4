package explore

import (
	"math/bits"
	"slices"
)

// A world is all nodes, all letters under way, and what may still happen. Two
// worlds that are equal have the same future.
type world struct {
	nodes [maxPeers]uint32 // by slot: the number of the state, absent or gone
	left  budget
	mail  []letter // ordered; alike letters may be under way together
}

// A budget is how much may still happen, each at most 15 times.
type budget struct{ rounds, crashes, leaves, losses, duplicates uint8 }

func (b budget) encode() uint32 {
	return uint32(b.rounds) | uint32(b.crashes)<<4 | uint32(b.leaves)<<8 | uint32(b.losses)<<12 | uint32(b.duplicates)<<16
}

func decodeBudget(v uint32) budget {
	return budget{uint8(v & 15), uint8(v >> 4 & 15), uint8(v >> 8 & 15), uint8(v >> 12 & 15), uint8(v >> 16 & 15)}
}

func (w *world) clone() world {
	k := *w
	k.mail = slices.Clone(w.mail)
	return k
}

func (w *world) alive(slot int) bool { return slot >= 0 && w.nodes[slot] >= firstState }

// add puts a letter on its way.
func (w *world) add(l letter) {
	i, _ := slices.BinarySearch(w.mail, l)
	w.mail = slices.Insert(w.mail, i, l)
}

// head is the words of an encoded world before its letters.
const head = maxPeers + 2

// encode appends the words that stand for a world.
func (w *world) encode(words []uint32) []uint32 {
	words = append(words, w.nodes[:]...)
	words = append(words, w.left.encode(), uint32(len(w.mail)))
	for _, l := range w.mail {
		words = append(words, uint32(l))
	}
	return words
}

// decode reads one world and gives the words behind it. The world keeps no
// part of them.
func (w *world) decode(words []uint32) []uint32 {
	copy(w.nodes[:], words)
	w.left = decodeBudget(words[maxPeers])
	end := head + int(words[maxPeers+1])
	w.mail = w.mail[:0]
	for _, l := range words[head:end] {
		w.mail = append(w.mail, letter(l))
	}
	return words[end:]
}

// hash mixes the words of one world into 64 bits. With ten million worlds the
// chance that any two of them look alike is about three in a million.
func hash(words []uint32) uint64 {
	h := uint64(len(words))
	for _, w := range words {
		hi, lo := bits.Mul64(h^uint64(w)^0x9e3779b97f4a7c15, 0xd6e8feb86659fd93)
		h = bits.RotateLeft64(h, 23) ^ hi ^ lo
	}
	hi, lo := bits.Mul64(h^h>>32, 0xa0761d6478bd642f)
	return hi ^ lo
}

// A hashSet is the worlds that were visited: open addressing, since there are
// millions, and a Go map takes twice the memory.
type hashSet struct {
	slots []uint64 // 0 is empty
	count int
}

// add reports whether a hash is new.
func (s *hashSet) add(h uint64) bool {
	h = max(h, 1)
	if 4*s.count >= 3*len(s.slots) {
		s.grow()
	}
	i := s.find(h)
	if s.slots[i] == h {
		return false
	}
	s.slots[i] = h
	s.count++
	return true
}

func (s *hashSet) find(h uint64) uint64 {
	mask := uint64(len(s.slots) - 1)
	i := h & mask
	for s.slots[i] != 0 && s.slots[i] != h {
		i = (i + 1) & mask
	}
	return i
}

func (s *hashSet) grow() {
	old := s.slots
	s.slots = make([]uint64, max(1024, 2*len(old)))
	for _, h := range old {
		if h != 0 {
			s.slots[s.find(h)] = h
		}
	}
}
