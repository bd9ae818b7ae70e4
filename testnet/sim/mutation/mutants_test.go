package mutation

// A mutant is package chord, or package replica, without one of its rules.
type mutant struct {
	rule   string // how it behaves, in words
	edits  []edit
	seenBy string // the hunter that sees it; "" for the code as it is
}

// An edit changes a text that is in a file of package chord, or of another one that is
// named from the module's root, once.
type edit struct{ file, old, new string }

// asItIs is the code with no rule broken.
var asItIs = mutant{rule: "(as it is)"}

// mutants break the rules of the ring. One is left out: that a peer which is notified
// asks its predecessor at once. Its own rounds ask as well, only later, so nothing
// breaks without it.
var mutants = []mutant{
	{
		rule:   "adopts the head's predecessor before it answered",
		seenBy: "exploration",
		edits: []edit{{"stabilize.go", "\t\tn.query(now, before)\n",
			"\t\tn.setSuccessors(before, slices.Concat([]Contact{m.From}, m.Succ))\n\t\tn.query(now, before)\n"}},
	},
	{
		rule:   "never asks the head's predecessor",
		seenBy: "exploration",
		edits:  []edit{{"stabilize.go", "Between(self, before.ID, m.From.ID) && !before.IsZero()", "false"}},
	},
	{
		rule:   "takes any notifier for its predecessor",
		seenBy: "exploration",
		edits:  []edit{{"stabilize.go", "pred.IsZero() || Between(pred.ID, m.From.ID, n.cfg.Self.ID)", "true"}},
	},
	{
		rule:   "skips rectify",
		seenBy: "exploration",
		edits:  []edit{{"stabilize.go", "if !n.member || !m.Member {", "if true {"}},
	},
	{
		rule:   "never asks its predecessor",
		seenBy: "exploration",
		edits:  []edit{{"stabilize.go", "\tn.query(now, n.preds[0])\n", ""}, {"stabilize.go", "\t\tn.query(now, pred)\n", ""}},
	},
	{
		rule:   "asks its predecessor only when notified",
		seenBy: "exploration",
		edits:  []edit{{"stabilize.go", "\tn.query(now, n.preds[0])\n", ""}},
	},
	{
		rule:   "agrees with its predecessor whatever that takes it to know",
		seenBy: "exploration",
		edits:  []edit{{"agreement.go", "digest(m.Agreed) == n.agreementBefore()", "m.Agreed != 0"}},
	},
	{
		rule:   "leaves the end of the list out of what two agree on",
		seenBy: "exploration",
		edits:  []edit{{"agreement.go", "\tif whole {\n\t\td++\n\t}\n", ""}},
	},
	{
		rule:   "agrees with one who would be its successor, too",
		seenBy: "exploration",
		edits:  []edit{{"agreement.go", "with == pred && Between(n.cfg.Self.ID, head.ID, pred.ID)", "with == pred"}},
	},
	{
		rule:   "keeps a dead predecessor",
		seenBy: "exploration",
		edits:  []edit{{"failure.go", "\t\tn.setPredecessor(Contact{}, n.preds[1:])\n", ""}},
	},
	{
		rule:   "never drops a dead head",
		seenBy: "exploration",
		edits:  []edit{{"failure.go", "if i < 0 {", "if i <= 0 {"}},
	},
	{
		rule:   "does not notify the head",
		seenBy: "exploration",
		edits:  []edit{{"stabilize.go", "\tn.notify(m.From)\n", ""}},
	},
	{
		rule:   "believes answers to questions from before its neighbours changed",
		seenBy: "exploration",
		edits:  []edit{{"stabilize.go", "c.epoch != n.epoch || !m.Member", "!m.Member"}},
	},
	{
		rule:   "believes a refusal that is too late",
		seenBy: "restarts",
		edits: []edit{{"stabilize.go", "case !m.Member && !c.heard:", "case !m.Member:"},
			{"call.go", "\tif !c.heard {\n\t\tn.remove(now, c.to)\n\t}\n", "\tn.remove(now, c.to)\n"}},
	},
	{
		rule:   "believes those that are no members",
		seenBy: "restarts",
		edits: []edit{{"stabilize.go", "\tcase !m.Member && !c.heard:\n\t\tn.remove(now, m.From)\n\t\treturn\n", ""},
			{"stabilize.go", "c.epoch != n.epoch || !m.Member", "c.epoch != n.epoch"}},
	},
	{
		rule:   "has a successor list of one",
		seenBy: "exploration",
		edits:  []edit{{"stabilize.go", "len(list) < n.cfg.Successors; i++", "len(list) < 1; i++"}},
	},
	{
		rule:   "takes over only the head when it joins",
		seenBy: "joins",
		edits:  []edit{{"join.go", "\tn.becomeMember(now, pred, succ)\n", "\tn.becomeMember(now, pred, succ[:min(1, len(succ))])\n"}},
	},
	{
		rule:   "does not end its list before itself",
		seenBy: "exploration",
		edits: []edit{{"stabilize.go", "\t\t\twhole = true\n\t\t\tbreak\n", "\t\t\twhole = true\n"},
			{"stabilize.go", "if c.IsZero() || !Between(last.ID, c.ID, n.cfg.Self.ID) {", "if c.IsZero() || c == last {"}},
	},
	{
		rule:   "accepts a list that is out of order",
		seenBy: "exploration",
		edits:  []edit{{"stabilize.go", "if c.IsZero() || !Between(last.ID, c.ID, n.cfg.Self.ID) {", "if c.IsZero() || c == last {"}},
	},
	{
		rule:   "takes every list for the whole ring",
		seenBy: "exploration",
		edits:  []edit{{"stabilize.go", "last, whole := n.cfg.Self, head.IsZero()", "last, whole := n.cfg.Self, true"}},
	},
	{
		rule:   "never tries again whom it gave up",
		seenBy: "merging",
		edits:  []edit{{"failure.go", "\t\tn.query(now, l.Contact)\n", ""}},
	},
	{
		rule:   "does not introduce itself to those who return",
		seenBy: "newcomers",
		edits:  []edit{{"node.go", "\t\tn.Meet(now, m.From)\n", ""}},
	},
	{
		rule:   "does not look for whoever should point at it",
		seenBy: "newcomers",
		edits:  []edit{{"stabilize.go", "\t\tn.introduce(now, introduceLookup, m.From)\n", ""}},
	},
	{
		rule:   "does not ask strangers that speak to it",
		seenBy: "newcomers",
		edits:  []edit{{"node.go", "if n.member && m.Kind != State && Between(", "if false && Between("}},
	},
	{
		rule:   "does not pass on news of another part",
		seenBy: "merging",
		edits:  []edit{{"join.go", "\t\tn.passOn(next)\n", ""}},
	},
	{
		rule:   "drops a neighbour when it hears that its list changed",
		seenBy: "simulation",
		edits:  []edit{{"stabilize.go", "m.From == n.preds[0]) {\n\t\tn.query(now, m.From)", "m.From == n.preds[0]) {\n\t\tn.remove(now, m.From)"}},
	},
	{
		rule:   "takes one missed answer for death",
		seenBy: "detector",
		edits:  []edit{{"call.go", "case n.maySaveItself(now, c):", "case false:"}},
	},
	{
		rule:   "numbers its requests from 0 in each life",
		seenBy: "rebirths",
		edits:  []edit{{"node.go", "uint64(random.Uint32())", "0"}},
	},
	{
		rule:   "leaves without a word",
		seenBy: "goodbyes",
		edits:  []edit{{"stabilize.go", "\t\t\tn.send(c, Message{Kind: Leaving, Preds: n.preds, Succ: n.succ})\n", ""}},
	},
	{
		rule:   "keeps those who said goodbye",
		seenBy: "goodbyes",
		edits:  []edit{{"stabilize.go", "c.to == m.From && c.lookup == 0 })\n\tn.remove(now, m.From)\n", "c.to == m.From && c.lookup == 0 })\n"}},
	},
	{
		rule:   "stays a member when it leaves",
		seenBy: "goodbyes",
		edits:  []edit{{"stabilize.go", "n.member, n.left = false, true", "n.left = true"}},
	},
	{
		rule:   "asks nobody when its list is empty",
		seenBy: "exploration",
		edits: []edit{{"stabilize.go", "range n.cache.after(n.cfg.Self.ID, closerContacts)", "range []Contact(nil)"},
			{"stabilize.go", "range n.fingers.contacts", "range []Contact(nil)"}},
	},
}
