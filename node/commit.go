package node

import (
	"fmt"
	"slices"
	"time"

	"peal/chord"
	"peal/node/replica"
)

// slowCommit is how long a commit may take before a person is told.
const slowCommit = 5 * time.Second

// commit stores what the data plane wants stored, beside the turns if that may take long:
// the ring goes on, and so does what the store need not be waited for. What comes meanwhile
// gathers, and is stored with the next commit.
func (n *Node) commit(now chord.Time, r replica.Ready) {
	if !n.cfg.Store.Slow() {
		n.committed(now, r, n.cfg.Store.Commit(r.Writes, r.Drops))
		return
	}
	n.committing = true
	n.work.Go(func() {
		slow := time.AfterFunc(slowCommit, func() {
			n.cfg.Logger.Warn("the store is slow: is the disk all right?", "writing for", slowCommit)
			n.event(Event{Kind: Failed, Text: fmt.Sprintf("the store has been writing for %v: is the disk all right?", slowCommit), Logged: true})
		})
		err := n.cfg.Store.Commit(r.Writes, r.Drops)
		slow.Stop()
		n.soon(func(now chord.Time) { n.committed(now, r, err) })
	})
}

// committed goes on with what depended on a commit. If it failed, nobody is told that
// something was stored; all else goes on.
func (n *Node) committed(now chord.Time, r replica.Ready, err error) {
	n.committing = false
	n.judgeStore(r, err)
	if err != nil {
		r = n.data.NotStored(now, r)
	}
	n.deliver(now, r, func(o replica.Outcome) error {
		wrote := func(rec replica.Record) bool { return rec.Key == o.Record.Key }
		if err != nil && o.Error != replica.NoError && slices.ContainsFunc(r.Writes, wrote) {
			return notStored(o, err)
		}
		return failure(o)
	})
}

// notStored is the failure of an operation that our own store has a part in. Its reason
// comes first, and where nobody has the write it is all: no settling of the ring helps.
func notStored(o replica.Outcome, err error) error {
	then := failure(o)
	if o.Error == replica.QuorumNotMet && stored(o) == "" {
		then = ErrQuorum
	}
	return fmt.Errorf("%w; %w", &Refusal{"this peer's store refuses writes", err}, then)
}

// judgeStore tells when the store begins to refuse, and when it takes writes again. A
// full one still takes deletes.
func (n *Node) judgeStore(r replica.Ready, err error) {
	switch {
	case err != nil && n.refused == "":
		n.cfg.Logger.Error("the store refuses writes", "error", err)
		n.event(Event{Kind: Failed, Text: "the store refuses writes: " + err.Error(), Logged: true})
		fallthrough
	case err != nil:
		n.refused = err.Error()
	case n.refused != "" && len(r.Writes) > 0:
		n.cfg.Logger.Info("the store takes writes again")
		n.refused = ""
	}
}
