package remote

import (
	"encoding/json"
	"time"

	"peal/chord"
	"peal/node"
	"peal/node/replica"
)

// A Call asks a peer for something.
type Call[A any] struct {
	Peer  chord.PeerID // nobody where the host itself is asked
	Until time.Time    // the deadline; zero for none
	Args  A
}

// An Answer is what became of a call.
type Answer[R any] struct {
	Value R
	Fault *Fault
}

// A None is nothing: gob knows no type without fields.
type None bool

// A Birth says which peer to start.
type Birth struct {
	Number int
	Ways   []string
}

// A Greeting is of a peer that has started.
type Greeting struct {
	Self      chord.Contact
	Addresses []string
}

// A Write is a put, a touch or a delete.
type Write struct {
	Key, Value []byte
	Options    node.WriteOptions
}

// A Read is a get.
type Read struct {
	Key     []byte
	Options node.ReadOptions
}

// A Listing asks for a page of keys.
type Listing struct {
	Prefix []byte
	Cursor string
	Limit  int
}

// A Promise is what a write answers. Gob would take each of those owed for its contact
// alone.
type Promise struct {
	Receipt node.Receipt // without Owed
	Owed    []Debt
}

// A Debt is a [node.Owed].
type Debt struct {
	To     chord.Contact
	Holder *chord.Contact
}

func promiseOf(r node.Receipt) Promise {
	p := Promise{Receipt: r}
	p.Receipt.Owed = nil
	for _, o := range r.Owed {
		p.Owed = append(p.Owed, Debt{o.Contact, o.Holder})
	}
	return p
}

func (p Promise) receipt() node.Receipt {
	r := p.Receipt
	for _, d := range p.Owed {
		r.Owed = append(r.Owed, node.Owed{Contact: d.To, Holder: d.Holder})
	}
	return r
}

// A Found is what a read answers.
type Found struct {
	Value   node.Value // without Replies
	Replies []Had
}

// A Had is a [node.Reply].
type Had struct {
	From    chord.Contact
	Version *replica.Version
	Deleted bool
}

func foundOf(v node.Value) Found {
	f := Found{Value: v}
	f.Value.Replies = nil
	for _, r := range v.Replies {
		f.Replies = append(f.Replies, Had{r.Contact, r.Version, r.Deleted})
	}
	return f
}

func (f Found) value() node.Value {
	v := f.Value
	for _, h := range f.Replies {
		v.Replies = append(v.Replies, node.Reply{Contact: h.From, Version: h.Version, Deleted: h.Deleted})
	}
	return v
}

// JSON is a value whose form on the way is JSON, which gob would change: it takes what
// embeds a contact for that alone, and a pointer to zero or an empty list for none.
type JSON[T any] struct{ Value T }

// GobEncode gives the JSON.
func (j JSON[T]) GobEncode() ([]byte, error) { return json.Marshal(j.Value) }

// GobDecode reads the JSON.
func (j *JSON[T]) GobDecode(b []byte) error { return json.Unmarshal(b, &j.Value) }

// A Batch is what has happened since the one before.
type Batch struct {
	Events JSON[[]node.Event]
	Missed int // more, for which there was no room
}
