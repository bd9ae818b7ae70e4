package node

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"peal/chord"
	"peal/node/replica"
)

// slowCommit is how long a commit may take before a person is told.
const slowCommit = 5 * time.Second

// commit stores what the data plane wants stored, beside the event loop: the ring
// goes on, and so does what the store need not be waited for. What comes meanwhile
// gathers, and is stored with the next commit.
func (n *Node) commit(r replica.Ready) {
	n.committing = true
	n.work.Go(func() {
		slow := time.AfterFunc(slowCommit, func() {
			n.storeFailed(fmt.Errorf("a write has been under way for %v: is the disk all right?", slowCommit))
		})
		err := n.cfg.Store.Commit(r.Writes, r.Drops)
		slow.Stop()
		n.inbox.call(func(now chord.Time) { n.committed(now, r, err) })
	})
}

// committed goes on with what depended on a commit. If it failed, nobody is told that
// something was stored; all else goes on.
func (n *Node) committed(now chord.Time, r replica.Ready, err error) {
	n.committing = false
	if err != nil {
		n.storeFailed(err)
		r = n.data.NotStored(now, r)
	}
	n.deliver(now, r, func(o replica.Outcome) error {
		wrote := func(rec replica.Record) bool { return rec.Key == o.Record.Key }
		if err != nil && o.Error != replica.NoError && slices.ContainsFunc(r.Writes, wrote) {
			return errors.Join(failure(o), err)
		}
		return failure(o)
	})
}

func (n *Node) storeFailed(err error) {
	n.cfg.Logger.Error("the store refuses writes", "error", err)
	n.event(Event{Kind: Failed, Text: err.Error()})
}
