package mutation

// dataMutants break the rules of the data plane. What they do not break, such as hints
// and the walk for sources, needs more than chance to be missed: the tests of package
// replica itself are for that.
var dataMutants = []mutant{
	{
		rule:   "acknowledges a write that one replica has stored",
		seenBy: "data",
		edits:  []edit{{"node/replica/put.go", "return min(cmp.Or(w.change.W, w.r.cfg.W), len(w.targets))", "return cmp.Or(1, w.change.W)"}},
	},
	{
		rule:   "says that it has stored what is not synced yet",
		seenBy: "data",
		edits:  []edit{{"node/replica/outbox.go", "\treturn true\n}\n\nfunc (b *outbox) conclude", "\treturn m.Kind != Written\n}\n\nfunc (b *outbox) conclude"}},
	},
	{
		rule:   "answers a client before its own store has synced",
		seenBy: "data",
		edits:  []edit{{"node/replica/outbox.go", "if _, unstored := b.written(o.Record.Key); unstored {", "if false {"}},
	},
	{
		rule:   "keeps in mind what its store refused",
		seenBy: "data",
		edits:  []edit{{"node/replica/refuse.go", "\t\tr.reload(failed.Writes[i].Key)\n", ""}},
	},
	{
		rule:   "acknowledges what its store refused",
		seenBy: "data",
		edits:  []edit{{"node/replica/refuse.go", "m.Kind == Written {", "m.Kind == Unreachable {"}},
	},
	{
		rule:   "lets a write with a slow clock lose",
		seenBy: "data",
		edits:  []edit{{"node/replica/put.go", "case held.Version.Compare(w.outcome.Record.Version) <= 0, w.wasTouched(held):", "case true:"}},
	},
	{
		rule:   "acknowledges a write that only newcomers have",
		seenBy: "crowds",
		edits: []edit{
			{"node/replica/put.go", "return w.caughtUp() >= min(meet, w.need())", "return meet > 0"},
			{"node/replica/put.go", "len(w.outcome.Replicas)-len(w.unheard) >=", "len(w.outcome.Replicas) >="},
		},
	},
	{
		rule:   "counts for reads before it has caught up",
		seenBy: "crowds",
		edits:  []edit{{"node/replica/get.go", "Complete: r.place.completeAt(pos) && !r.outdated}", "Complete: true}"}},
	},
	{
		rule:   "forgets at a restart what its store holds",
		seenBy: "data",
		edits:  []edit{{"node/replica/replica.go", "\tr.clock.Observe(it.Version)\n\tr.hold(it)\n", "\tr.clock.Observe(it.Version)\n"}},
	},
	{
		rule:   "collects tombstones early",
		seenBy: "data",
		edits:  []edit{{"node/replica/tombstone.go", "return it.endsAt() + r.grace() }", "return it.endsAt() }"}},
	},
	{
		rule:   "forgets at a restart how long it was there",
		seenBy: "returns",
		edits:  []edit{{"node/replica/replica.go", "presence: cfg.Presence,", ""}},
	},
	{
		rule:   "takes for news what was sent to it while it stood still",
		seenBy: "returns",
		edits:  []edit{{"node/replica/presence.go", "\tr.presence.Newest = millis(now) // what was sent while we slept arrives only now\n", ""}},
	},
	{
		rule:   "repairs nothing when it reads",
		seenBy: "data",
		edits: []edit{
			{"node/replica/get.go", "\t\tif g.outcome.Found && !g.current(a) {\n\t\t\tstale", "\t\tif false {\n\t\t\tstale"},
			{"node/replica/get.go", "if !g.outcome.Found || g.missing <= 0 {", "if true {"},
		},
	},
	{
		rule:   "forgets what it holds for others",
		seenBy: "data",
		edits:  []edit{{"node/replica/handoff.go", "\t\tif !missed.IsZero() {\n", "\t\tif r.drop(arc); !missed.IsZero() {\n"}},
	},
	{
		rule:   "finds what has expired",
		seenBy: "data",
		edits:  []edit{{"node/replica/get.go", "g.outcome.Found && !g.outcome.Record.gone(now)", "g.outcome.Found && !g.outcome.Record.Deleted"}},
	},
	{
		rule:   "drops what expires before the time has come on every clock",
		seenBy: "data",
		edits:  []edit{{"node/replica/tombstone.go", "return it.Expires + uint64(MaxSkew.Milliseconds())", "return it.Expires"}},
	},
	{
		rule:   "ignores conditions",
		seenBy: "data",
		edits:  []edit{{"node/replica/condition.go", "case !w.change.If.holds(l.newest, found):", "case false:"}},
	},
	{
		rule:   "touches whatever value is there",
		seenBy: "data",
		edits:  []edit{{"node/replica/touch.go", "case !ok || held.Deleted || held.Version.Stamp != rec.Version.Stamp:", "case !ok || held.Deleted:"}},
	},
	{
		rule:   "lists what was deleted",
		seenBy: "data",
		edits:  []edit{{"node/replica/list.go", "if !it.gone(now) && chord", "if chord"}},
	},
}
