// Package chord is the ring protocol of Peal: identifiers on a circle, a
// successor list and a predecessor that stay right while peers come and go,
// a finger table, and lookups.
//
// # How it is driven
//
// [Node] is a pure state machine. It has no goroutine, clock, lock, IO or
// global randomness: time and messages come in as arguments, and what it wants
// done comes out of [Node.Ready]. Its driver
//
//   - calls [Node.Step] for every message that arrived and [Node.Tick] when
//     [Node.Deadline] has come, with times that never go backwards,
//   - then drains Ready: sends the Messages, hands each Found to whoever
//     called [Node.Lookup], and publishes the Events.
//
// A message may be lost, repeated or overtaken; a request that is not answered
// in time is handled inside. Two drivers exist, the turns of package node
// and the simulator, and both run this code.
//
// # What it promises
//
// The ring is maintained by the protocol of Pamela Zave, "Reasoning about
// identifier spaces: how to make Chord correct" (IEEE TSE 2017), since no
// published version of Chord's own pseudo-code keeps its invariants (Zave, "Using
// lightweight modeling to understand Chord", ACM CCR 2012). [Check] states the
// invariants that hold in every reachable state, and [Ideal] the state that the
// ring reaches when nothing fails for a while. The stories under testdata show
// the flaws of the original versions, and what this one does in their place.
//
// # Zave's protocol, rule by rule
//
// The operations have the names of her specification and of its Alloy model.
//
//   - Join: a joiner looks for the member m before its place, takes over m's
//     successor list whole and m as predecessor, and only then is a member
//     (Node.joined). Nobody adopts who answers that it is none: a peer that came
//     back with an empty memory counts as dead until it has joined.
//   - StabilizeFromSuccessor: a member asks the head of its list for its state.
//     From a live head it takes the head and the list behind it from one answer
//     (Node.onState, Node.setSuccessors). A dead head is dropped and the next one
//     asked (Node.remove). She pads a list that became shorter with a made-up
//     entry, to keep all lists of one length; ours stays short until the answer.
//   - StabilizeFromPredecessor: if the head's predecessor lies in between, it is
//     asked, and becomes the head when it has answered; then it is notified,
//     otherwise the head (Node.onState). If it stays silent she notifies the head
//     in the same step. Here the head is notified in a later round, when it has
//     missed its predecessor by itself: every member asks its predecessor too, in
//     each round in which it was not asked by it (Node.stabilize).
//   - Rectify: a notified member adopts the notifier as predecessor if it is
//     closer; otherwise it asks its predecessor, and only a dead one gives way
//     (Node.onNotify). She then adopts the notifier whose notice began it; here
//     the next notice finds the place empty, so that no notice has to be kept. It
//     comes soon, since those before a dead predecessor are told (Node.invite).
//   - Fail, which is also a leave: no list of a member may lose its last live
//     entry, and r+1 principals must remain, r being the length of a list. That is
//     the assumption of the proof, not a step; Node.Leave only spares the timeouts.
//
// Her inductive invariant is that every member has a live successor in its list,
// and that r+1 members are principals: nobody's list passes over them
// ([Principals]). One ordered ring, ordered lists without duplicates, and that
// every member leads to the ring, follow from these two, and they are what Check
// asserts, the live successor with them. Ordered appendages, ordered merges and
// valid successor lists, which the original papers claim as well, do not follow,
// and may be broken for a while without harm (testdata/ordered-merge.txt).
//
// # Where messages travel
//
// Her operations ask and adopt at one blow; to get that on a network, she lets no
// member answer while it waits for an answer itself. We let it answer at any time.
// Count as principals only those whom no list passes over, the lists under way in
// a [State] or [Found] included, and her proof goes through: the step from a
// member to its head gets wider only past the dead, for a head is adopted only where
// it lies before the head of that moment, and what is behind it comes from a list
// that passed over no principal when it left nor since. So a principal is lost only by
// its own failure, however old the answer. A live successor needs the same care:
// the crashes that the proof bears are those that leave one in the lists under
// way too. Two rules bound which these are, and the simulator spares no peer for
// the others:
//
//   - An answer counts only while its call waits, and a call waits for its
//     timeout at most (Node.answered). What comes later, from a peer given up
//     meanwhile, is not believed (testdata/stale-reply.txt), nor what answers a
//     question of an earlier life: each life numbers its calls from somewhere else
//     (testdata/old-life.txt).
//   - The answer to a [Query] is dropped, and asked for again, if the successor list
//     or the predecessor changed since the question left (call.epoch;
//     testdata/stale-list.txt). So each step is judged by the state that asked.
//
// A refusal that crossed the refuser's join is not believed either (Node.refused,
// testdata/old-refusal.txt). But a verdict by silence can be wrong: then a member
// that lives is passed over. For the proof that is a failure, and its next round a
// join; so detection (detector.go) decides when repair begins, and not whether the
// ring is right.
//
// # Where this goes beyond
//
//   - Anybody heard from who lies between a member and its successor is asked for
//     its state, and adopted when it answers (Node.heardFrom). The proof of
//     StabilizeFromPredecessor does not use that the candidate is the head's
//     predecessor. That is how a newcomer's first question makes it known, how a
//     loopy ring unwinds (testdata/loopy-ring.txt), and how two rings merge.
//   - Contacts given up are tried again, those included that others gave up sooner or
//     that a lookup passed (Node.giveUp, Node.fingerFound). One that answers is asked
//     for our own place in what may be another ring (Node.retryLost, Node.introduce).
//     A member does so too when its predecessor takes another for its successor
//     (Node.refreshPredecessors).
//   - Whoever finds another part of the ring in that way tells two fingers, so that
//     the parts are sewn together in many places at once (Node.passOn).
//   - The contacts behind a suspected one are asked as well, but adopted only when
//     those before them are given up (Node.behind).
//   - Whoever waits long for an answer elsewhere tells the neighbours of the late one,
//     who then make sure (Node.Late).
//   - A member whose list of successors changed tells its predecessor, one whose list of
//     predecessors changed its successor, which then asks at once instead of in its next
//     round (Node.tellChange). Rounds may come at any time.
//   - The predecessors before the first are hearsay: they place replicas, and no
//     rule of the ring looks at them.
//   - A member whose whole list died, which the proof excludes, asks the next
//     contacts that it remembers, and adopts whichever answers (Node.askSuccessor).
//   - A question to a neighbour carries a digest of what both should agree on. Where
//     they do, the answer has no lists, since they would change nothing, and no
//     notification follows, since it would not either (agreement.go).
//   - Rounds come less often while nothing changes (pace.go).
//   - Rings of fewer than r+1 members have no base of principals. Their lists end
//     before their owner and know that they are whole; every interleaving of small
//     ones is explored instead.
//
// # Lookups
//
// Fingers and lookups follow Stoica et al., "Chord: a scalable peer-to-peer
// lookup protocol for Internet applications" (IEEE/ACM ToN 2003). Lookups are
// iterative: the peer that looks up asks each hop itself. Beside the fingers, a
// bounded location cache remembers every contact heard from, densely near the
// peer itself, so that in rings of up to a few thousand peers most lookups need
// one request. Of the peers that may be a finger it is the one with the shortest
// round trip (finger.go), and of those that a hop names two are asked at a time. A
// lookup ends at the owner's predecessor, or at the owner itself where a successor
// list names it first (owner.go); [Node.LookupConfirmed] always has the owner agree,
// and begins with whom the cache suggests. [Node.Guess] names those behind a target
// without asking anybody. Neither fingers nor cache matter to the ring's correctness.
package chord
