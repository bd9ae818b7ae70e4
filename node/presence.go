package node

import (
	"encoding/json"
	"fmt"
	"time"

	"peal/chord"
	"peal/node/replica"
)

const (
	presenceNote  = "presence" // name of the note in the store
	presenceEvery = 10 * time.Second
)

// presence is the one that was noted before the restart. It lasted a little longer
// than the last note says.
func (c *Config) presence(now chord.Time) (replica.Presence, error) {
	note, err := c.Store.Meta(presenceNote)
	if err != nil || note == nil {
		return replica.Presence{}, err
	}
	var p replica.Presence
	if err := json.Unmarshal(note, &p); err != nil {
		return p, fmt.Errorf("the note of this peer's presence is damaged: %w", err)
	}
	p.Until = min(p.Until+uint64(presenceEvery.Milliseconds()), uint64(now)/uint64(time.Millisecond))
	return p, nil
}

// attend notes, as long as the node runs, that it hears of deletes.
func (n *Node) attend() {
	for {
		var p replica.Presence
		if n.do(func(now chord.Time) { p = n.data.Presence(now) }) != nil {
			return
		}
		if b, err := json.Marshal(p); err == nil && p.Until != 0 {
			if err := n.cfg.Store.SetMeta(presenceNote, b); err != nil {
				n.cfg.Logger.Warn("cannot note the presence of this peer", "error", err)
			}
		}
		if !n.sleep(presenceEvery) {
			return
		}
	}
}
