package node

import (
	"fmt"

	"peal/chord"
)

// repairInfo is what reconciliation is doing.
func (n *Node) repairInfo() Repair {
	r := n.data.Repair()
	info := Repair{
		Complete: r.Complete, Strays: r.Strays, Damaged: r.Damaged, Reason: r.Reason,
		Paused: n.repairPaused, Rate: n.cfg.RepairRate,
	}
	if t := r.Transfer; t != nil {
		info.Transfer = &Transfer{
			With: chord.NewContact(t.With, 0), From: t.Arc.From, To: t.Arc.To,
			Moved: t.Moved, Bytes: t.Bytes, Left: t.Left, Waiting: t.Waiting,
		}
	}
	return info
}

// LimitRepair changes how many bytes of values a second reconciliation moves, 0 for
// no bound, and pauses it or lets it go on.
func (n *Node) LimitRepair(bytesPerSecond int64, paused bool) error {
	if bytesPerSecond < 0 {
		return fmt.Errorf("%w: a repair rate of %d bytes a second", ErrInvalid, bytesPerSecond)
	}
	return n.do(func(chord.Time) {
		n.cfg.RepairRate, n.repairPaused = bytesPerSecond, paused
		n.data.Throttle(bytesPerSecond, paused)
	})
}
