package churn

import (
	"context"
	"fmt"
	"slices"

	"peal/chord"
	"peal/node"
)

// join starts a peer, and enters it in the history.
func (r *run) join(ctx context.Context) { r.change(ctx, "join", r.ring.Join, r.joined) }

// kill stops a peer, and enters its death in the history.
func (r *run) kill(ctx context.Context) { r.change(ctx, "kill", r.ring.Kill, r.killed) }

// change makes a join or a kill. As long as it is under way, nothing that came
// after its begin is judged.
func (r *run) change(ctx context.Context, what string, do func(context.Context) (chord.Contact, error), enter func(c chord.Contact, asked moment)) {
	r.mu.Lock()
	r.changed++
	number, asked := r.changed, r.now()
	r.changes[number] = asked
	r.mu.Unlock()

	c, err := do(ctx)
	if err != nil {
		r.failed(ctx, what, err)
	}

	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil && ctx.Err() != nil {
		return // nobody will know what it has done: nothing that came after it is judged
	}
	delete(r.changes, number)
	if err == nil {
		enter(c, asked)
	}
}

// undecided is since when changes are under way, never if none is.
func (r *run) undecided() moment {
	since := never
	for _, asked := range r.changes {
		since = min(since, asked)
	}
	return since
}

func (r *run) joined(c chord.Contact, asked moment) {
	r.report.Joins++
	l := r.history.find(c)
	if l == nil {
		l = r.history.add(c, asked, never)
	}
	// Its death may have been entered before, or compare may have found it.
	l.from, l.sure = asked, min(l.sure, r.now())
}

func (r *run) killed(c chord.Contact, asked moment) {
	r.report.Kills++
	l := r.history.find(c)
	if l == nil { // we have not heard of its start yet
		l = r.history.add(c, always, never)
	}
	l.until, l.gone = asked, min(l.gone, r.now())
}

// failed notes a join or kill that was refused; its end is none. Or only its
// answer was lost, and it was made: the ring tells.
func (r *run) failed(ctx context.Context, what string, err error) {
	if ctx.Err() != nil {
		return
	}
	r.mu.Lock()
	r.report.Refused = append(r.report.Refused, fmt.Sprintf("%s: %v", what, err))
	r.mu.Unlock()
	if err := r.compare(ctx); err != nil && ctx.Err() == nil {
		r.mu.Lock()
		r.lost = fmt.Errorf("a %s failed, and then the ring did not say who lives: %w", what, err)
		r.mu.Unlock()
	}
}

// compare makes the history agree with the ring. It is asked again and again,
// since an answer is lost when much else is.
func (r *run) compare(ctx context.Context) error {
	for begin := r.now(); ; {
		living := r.living()
		ring, err := r.ring.Peers(ctx)
		if err == nil {
			r.found(living, ring.Peers)
			return nil
		}
		if r.now()-begin > patience || !sleep(ctx, askPause) {
			return err
		}
	}
}

// living are the peers that have not died as far as the history knows.
func (r *run) living() []*life {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(r.history.lives), func(l *life) bool { return l.until != never })
}

// found enters who is new on the ring, and which of those that lived before it
// was asked are no longer there. Any change under way may have done it.
func (r *run) found(living []*life, peers []node.Info) {
	r.mu.Lock()
	defer r.mu.Unlock()
	since, now := r.undecided(), r.now()
	present := make(map[chord.Contact]bool, len(peers))
	for _, p := range peers {
		present[p.Contact] = true
		l := r.history.find(p.Contact)
		if l == nil {
			l = r.history.add(p.Contact, since, never)
		}
		if p.Member {
			l.sure = min(l.sure, now)
		}
	}
	for _, l := range living {
		if !present[l.peer] && l.until == never {
			l.until, l.gone = since, now
		}
	}
}
