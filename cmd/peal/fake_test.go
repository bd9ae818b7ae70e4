package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"peal/chord"
	"peal/node"
	"peal/node/replica"
	"peal/web"
)

// A fakeRing is the backend of a real web server: a map for the ring, and
// whatever answers a test asks for.
type fakeRing struct {
	url string

	mu     sync.Mutex
	values map[string][]byte
	totals map[string]uint64 // of manifests
	errs   []error           // what the next operations on keys end with
	asked  int               // operations on keys
	onOp   func()            // called at each of them
	vias   []string
	kills  []web.KillRequest
	inARow int // the answer to kills
	joins  int
	cuts   []web.CutRequest

	network web.Network // what is wrong with it
	heals   int
	faults  []string    // what was done to peers and to the network
	left    []string    // the vias of leaves
	rings   []node.Ring // the answers to come; the last one stays
	path    []node.Hop  // of a lookup
	repair  node.Repair // what the peer says of it
	absent  int         // whom it has not found

	judges  bool // whether the conditions of puts are judged, and each gets a version of its own
	stamps  map[string]replica.Version
	expires map[string]time.Time

	write node.WriteOptions // of the last write
	read  node.ReadOptions  // of the last read
	short node.Receipt      // of writes that end with an error
}

var stamp = replica.Version{Stamp: replica.Stamp{Wall: 1700000000000, Writer: contact(0).Peer}}

// contact gives a peer whose ID looks like a real one.
func contact(n int) chord.Contact {
	return chord.NewContact(chord.PeerID("\x00\x24\x08\x01\x12\x20"+strings.Repeat(string(rune('a'+n)), 32)), 0)
}

func info(n int) node.Info {
	return node.Info{
		Contact: contact(n), Ring: "peal", Member: true, Replicated: true, Keys: 10 + n, Records: 30 + n, Version: "test",
		Addresses:   []string{"/ip4/127.0.0.1/tcp/4001/p2p/" + contact(n).Peer.String()},
		Predecessor: contact(n + 1), Successors: []chord.Contact{contact(n + 1), contact(n + 2)},
	}
}

func ringOf(peers int) node.Ring {
	ring := node.Ring{Name: "peal", WellFormed: true, Replicated: true}
	for n := range peers {
		ring.Peers = append(ring.Peers, info(n))
	}
	return ring
}

// newFake serves a ring of three peers; as a testnet if lab.
func newFake(t *testing.T, lab bool) *fakeRing {
	t.Helper()
	f := &fakeRing{values: make(map[string][]byte), totals: make(map[string]uint64), rings: []node.Ring{ringOf(3)}}
	f.stamps, f.expires = make(map[string]replica.Version), make(map[string]time.Time)
	f.path = []node.Hop{{Contact: contact(1), Millis: 2.5, Failed: true}, {Contact: contact(2), Millis: 0.25}}
	var backend web.Backend = f
	if !lab {
		backend = struct{ web.Backend }{f}
	}
	server := httptest.NewServer(web.New(web.Config{Backend: backend}))
	t.Cleanup(server.Close)
	f.url = server.URL
	return f
}

// A result is what a run of the program left behind.
type result struct {
	code     int
	out, err string
}

// peal runs a command line against the ring. PEAL_* settings may come first.
func (f *fakeRing) peal(t *testing.T, args ...string) result {
	t.Helper()
	return runWith(t, "", append([]string{"PEAL_API=" + f.url}, args...)...)
}

// runWith runs a command line with standard input; leading words with a "=" are
// its environment.
func runWith(t *testing.T, in string, args ...string) result {
	t.Helper()
	env := make(map[string]string)
	for len(args) > 0 && strings.HasPrefix(args[0], "PEAL_") {
		name, value, _ := strings.Cut(args[0], "=")
		env[name], args = value, args[1:]
	}
	var out, err bytes.Buffer
	c := newCLI(console{in: strings.NewReader(in), out: &out, err: &err, lookupEnv: lookup(env)})
	c.pause = time.Millisecond
	code := c.run(t.Context(), append([]string{}, args...))
	return result{code, out.String(), err.String()}
}

// lookup is an environment.
func lookup(env map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { value, set := env[name]; return value, set }
}

// op counts an operation and gives the error that it is to end with.
func (f *fakeRing) op() error {
	f.asked++
	if f.onOp != nil {
		f.onOp()
	}
	if len(f.errs) == 0 {
		return nil
	}
	err := f.errs[0]
	f.errs = f.errs[1:]
	return err
}

func (f *fakeRing) Peer(via string) (web.Peer, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.vias = append(f.vias, via)
	return f, nil
}

func (f *fakeRing) Put(_ context.Context, key, value []byte, opt node.WriteOptions) (node.Receipt, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.write = opt
	if err := f.op(); err != nil {
		return f.short, err
	}
	if f.judges {
		if had, err := f.judge(string(key), opt); err != nil {
			return node.Receipt{Version: had}, err
		}
	}
	f.values[string(key)], f.totals[string(key)] = bytes.Clone(value), opt.Total
	holder := contact(4)
	return node.Receipt{
		Version: stamp, Replicas: []chord.Contact{contact(1), contact(2)}, Wanted: 3, Hops: 1, Millis: 1.25,
		Owed: []node.Owed{{Contact: contact(3), Holder: &holder}},
	}, nil
}

// judge looks at the condition of a put, and stamps it if it holds.
func (f *fakeRing) judge(key string, opt node.WriteOptions) (had replica.Version, err error) {
	_, there := f.values[key]
	if there {
		had = f.stamp(key)
	}
	if opt.If.Absent && there || opt.If.Version != "" && (!there || opt.If.Version != had.String()) {
		return had, node.ErrConflict
	}
	f.stamps[key] = replica.Version{Stamp: replica.Stamp{Wall: stamp.Wall + 1000 + uint64(f.asked), Writer: stamp.Writer}}
	delete(f.expires, key)
	if opt.TTL > 0 {
		f.expires[key] = time.Now().Add(opt.TTL)
	}
	return had, nil
}

// stamp is the version of a key.
func (f *fakeRing) stamp(key string) replica.Version {
	if version, ok := f.stamps[key]; ok {
		return version
	}
	return stamp
}

func (f *fakeRing) LimitRepair(l node.RepairLimit) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if l.Rate != nil {
		f.repair.Rate = *l.Rate
	}
	if l.Paused != nil {
		f.repair.Paused = *l.Paused
	}
	return nil
}

func (f *fakeRing) Touch(_ context.Context, key []byte, opt node.WriteOptions) (node.Receipt, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.write = opt
	if err := f.op(); err != nil {
		return f.short, err
	}
	if _, ok := f.values[string(key)]; !ok {
		return node.Receipt{}, fmt.Errorf("%w: %q", node.ErrNotFound, key)
	}
	return node.Receipt{Version: stamp, Replicas: []chord.Contact{contact(0), contact(1), contact(2)}, Wanted: 3}, nil
}

func (f *fakeRing) Delete(_ context.Context, key []byte, opt node.WriteOptions) (node.Receipt, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.write = opt
	if err := f.op(); err != nil {
		return f.short, err
	}
	delete(f.values, string(key))
	return node.Receipt{Version: stamp, Replicas: []chord.Contact{contact(1)}, Wanted: 1}, nil
}

func (f *fakeRing) Get(_ context.Context, key []byte, opt node.ReadOptions) (node.Value, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.read = opt
	if err := f.op(); err != nil {
		return node.Value{}, err
	}
	value, ok := f.values[string(key)]
	if !ok {
		return node.Value{}, fmt.Errorf("%w: nobody has %q", node.ErrNotFound, key)
	}
	got := node.Value{Data: value, Total: f.totals[string(key)], Version: f.stamp(string(key)), Asked: 2, Agreed: 2}
	if at, ok := f.expires[string(key)]; ok {
		got.Expires = &at
	}
	return got, nil
}

func (f *fakeRing) Lookup(_ context.Context, key []byte) (node.Route, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	route := node.Route{ID: chord.KeyID(key), Owner: contact(2), Replicas: []chord.Contact{contact(2), contact(0)}, Millis: 2.75}
	route.Hops = f.path
	return route, f.op()
}

// Keys has pages of two at most, so that every listing is one of several.
func (f *fakeRing) Keys(_ context.Context, prefix []byte, cursor string, limit int) (node.Page, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.op(); err != nil {
		return node.Page{}, err
	}
	var page node.Page
	for key, value := range f.values {
		if strings.HasPrefix(key, string(prefix)) && place(key) > cursor && !replica.Internal(key) {
			size := cmp.Or(int64(f.totals[key]), int64(len(value)))
			page.Keys = append(page.Keys, node.KeyInfo{Key: key, Version: f.stamp(key), Size: size})
		}
	}
	slices.SortFunc(page.Keys, func(a, b node.KeyInfo) int { return cmp.Compare(place(a.Key), place(b.Key)) })
	if most := min(limit, 2); len(page.Keys) > most {
		page.Keys = page.Keys[:most]
		page.Next = place(page.Keys[most-1].Key)
	}
	return page, nil
}

// place is the position of a key.
func place(key string) string {
	id := chord.KeyID([]byte(key))
	return hex.EncodeToString(id[:])
}

func (f *fakeRing) Info() node.Info {
	i := info(0)
	f.mu.Lock()
	defer f.mu.Unlock()
	i.Repair, i.Absent = f.repair, f.absent
	return i
}

func (f *fakeRing) Ring(context.Context) (node.Ring, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	ring := f.rings[0]
	if len(f.rings) > 1 {
		f.rings = f.rings[1:]
	}
	return ring, nil
}

func (f *fakeRing) Leave(_ context.Context, via string) ([]chord.Contact, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.left = append(f.left, via)
	if via != "" {
		return []chord.Contact{contact(1)}, nil
	}
	return []chord.Contact{contact(0), contact(1), contact(2)}, nil
}

func (f *fakeRing) Kill(kill web.KillRequest) (web.Killed, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.kills = append(f.kills, kill)
	return web.Killed{Peers: []chord.Contact{contact(1), contact(2)}, InARow: f.inARow, Replicas: 3}, nil
}

func (f *fakeRing) Join(_ context.Context, n int) ([]chord.Contact, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.joins += n
	return []chord.Contact{contact(4)}, nil
}

func (f *fakeRing) Cut(cut web.CutRequest) ([][]chord.Contact, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cuts = append(f.cuts, cut)
	return [][]chord.Contact{{contact(0), contact(1)}, {contact(2)}}, nil
}

func (f *fakeRing) did(format string, args ...any) []chord.Contact {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults = append(f.faults, fmt.Sprintf(format, args...))
	return []chord.Contact{contact(1)}
}

func (f *fakeRing) Pause(which web.Choice) ([]chord.Contact, error) {
	return f.did("pause %d %v", which.Count, which.Peers), nil
}

func (f *fakeRing) Resume(names []string) ([]chord.Contact, error) {
	return f.did("resume %v", names), nil
}

func (f *fakeRing) Restart(_ context.Context, which web.Choice, down time.Duration) ([]chord.Contact, error) {
	return f.did("restart %d %v %v", which.Count, which.Peers, down), nil
}

func (f *fakeRing) Impair(i web.Impairment) error {
	f.did("impair %v %v %v", i.Drop, i.Delay, i.By)
	return nil
}

func (f *fakeRing) Heal() web.Network {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.heals++
	return f.network
}

func (f *fakeRing) Network() web.Network { return f.network }
