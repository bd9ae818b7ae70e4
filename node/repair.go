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

// A RepairLimit changes what is set in it.
type RepairLimit struct {
	Rate   *int64 `json:"rate,omitempty"`   // bytes of values a second that reconciliation moves; 0: no bound
	Paused *bool  `json:"paused,omitempty"` // it moves nothing
}

// LimitRepair bounds reconciliation, and pauses it or lets it go on.
func (n *Node) LimitRepair(l RepairLimit) error {
	if l.Rate != nil && *l.Rate < 0 {
		return fmt.Errorf("%w: a repair rate of %d bytes a second", ErrInvalid, *l.Rate)
	}
	return n.do(func(chord.Time) {
		if l.Rate != nil {
			n.cfg.RepairRate = *l.Rate
		}
		if l.Paused != nil {
			n.repairPaused = *l.Paused
		}
		n.data.Throttle(n.cfg.RepairRate, n.repairPaused)
	})
}
