package sim

import (
	"peal/chord"
	"peal/node/replica"
)

// A letter is a message on its way, and in which life of the peer that asked the
// question came up: of its sender, or, if it is an answer, of its receiver. Or it is
// one of the data plane.
type letter struct {
	chord.Message
	life uint32
	data *replica.Message // read only, since copies of the letter share it
}

// isAnswer reports whether the kind of message answers a question.
func isAnswer(k chord.Kind) bool { return k == chord.State || k == chord.Found }

// A mail holds the letters on their way, so that the queue moves only numbers.
type mail struct {
	slots []letter
	free  []int32
}

func (m *mail) put(l *letter) int32 {
	if last := len(m.free) - 1; last >= 0 {
		slot := m.free[last]
		m.free = m.free[:last]
		m.slots[slot] = *l
		return slot
	}
	m.slots = append(m.slots, *l)
	return int32(len(m.slots) - 1)
}

func (m *mail) take(slot int32) letter {
	l := m.slots[slot]
	m.slots[slot] = letter{}
	m.free = append(m.free, slot)
	return l
}
