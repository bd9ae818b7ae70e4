package chord

// EventKind says what happened to the ring as a node sees it.
type EventKind uint8

// The kinds of events.
const (
	Joined           EventKind = iota + 1 // the node became a member
	JoinFailed                            // the lookup for its place failed; About was the way in
	Known                                 // since it joined, a first peer, About, has taken it for its successor; or it is alone
	NewSuccessor                          // the head of the successor list is now About, or nobody
	NewPredecessor                        // the predecessor is now About, or nobody
	Suspected                             // About did not answer in time
	Dead                                  // About was given up
	Departed                              // About said that it leaves
	Returned                              // About was given up, and answered again
	DisorderedSender                      // About sent a message that no correct peer sends
)

// An Event tells the driver what happened.
type Event struct {
	Kind  EventKind
	About Contact
}
