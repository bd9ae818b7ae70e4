//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"

	"peal/testnet/ledger"
)

// longestValue bounds what a writer writes, in bytes.
const longestValue = 4 << 10

// A writer is a client with keys of its own, which it changes again and again, each
// time by another peer that is there.
type writer struct {
	number int
	rand   *rand.Rand
	peers  []*enduring
	names  []string
	keys   map[string]*ledger.Key
	values int // ever written
	did    deeds
}

func newWriter(number int, seed uint64, peers []*enduring) *writer {
	return &writer{
		number: number, rand: rand.New(rand.NewPCG(seed, uint64(number))), peers: peers,
		keys: map[string]*ledger.Key{}, did: deeds{done: map[string]int{}},
	}
}

// run goes on until ctx ends, and finishes what is under way then.
func (w *writer) run(ctx context.Context) {
	for ctx.Err() == nil {
		dice := w.rand.IntN(12)
		name := w.name(dice == 0)
		switch l := w.keys[name]; {
		case dice < 5:
			w.put(name)
		case dice < 7:
			w.write("deletes", name, request{method: http.MethodDelete, path: "/v1/kv/"}, "")
		case dice < 9 && l.Value() != "":
			w.write("touches", name, request{method: http.MethodPost, path: "/v1/touch/"}, l.Value())
		default:
			w.read(name)
		}
	}
}

// name is one of the keys at random, or a new one.
func (w *writer) name(fresh bool) string {
	if fresh || len(w.names) == 0 {
		name := fmt.Sprintf("endure/%d/%d", w.number, len(w.names))
		w.names, w.keys[name] = append(w.names, name), &ledger.Key{}
		return name
	}
	return w.names[w.rand.IntN(len(w.names))]
}

// put writes a value that was never written before.
func (w *writer) put(name string) {
	w.values++
	value := fmt.Sprintf("%d/%d ", w.number, w.values) + strings.Repeat(".", w.rand.IntN(longestValue))
	w.keys[name].Begin(value)
	w.write("puts", name, request{method: http.MethodPut, path: "/v1/kv/", body: []byte(value)}, value)
}

// write makes a change that leaves a value, and notes how it ended.
func (w *writer) write(what, name string, r request, leaves string) {
	api, l := w.anyone(), w.keys[name]
	r.path += escapeKey(name)
	got, err := api.do(context.Background(), r)
	var has receipt
	if err == nil {
		err = api.decode(got, &has)
	}
	switch {
	case err == nil:
		w.did.done[what]++
		l.Acknowledged(has.Version, leaves)
	case codeOf(err) == codeNoPeer:
		w.did.refused++
	case codeOf(err) == codeNotFound: // a touch, which found no key
		w.did.behind++
	default:
		w.did.unknown++
		l.Unknown(leaves)
	}
}

func (w *writer) read(name string) {
	version, value, err := readAt(context.Background(), w.anyone(), name)
	switch l := w.keys[name]; {
	case err != nil:
		w.did.refused++
		return
	case l.Foreign(value):
		w.did.foreign = append(w.did.foreign, fmt.Sprintf("%s showed %.40q, which was never written there", name, value))
	case l.Lost(version, value) != "":
		w.did.behind++
	}
	w.did.done["reads"]++
}

// losses reads all keys at a peer, and says which are not what they should be.
func (w *writer) losses(ctx context.Context, api *client) (wrong []string) {
	for _, name := range w.names {
		version, value, err := readAt(ctx, api, name)
		if err != nil {
			wrong = append(wrong, fmt.Sprintf("%s cannot be read: %v", name, err))
		} else if lost := w.keys[name].Lost(version, value); lost != "" {
			wrong = append(wrong, name+" "+lost)
		}
	}
	return wrong
}

// anyone is the API of a peer at random that is there.
func (w *writer) anyone() *client {
	for {
		if api := w.peers[w.rand.IntN(len(w.peers))].client(); api != nil {
			return api
		}
	}
}

// readAt reads a key at one peer. A key that is not there has no value.
func readAt(ctx context.Context, api *client, name string) (version, value string, err error) {
	got, err := api.do(ctx, request{method: http.MethodGet, path: "/v1/kv/" + escapeKey(name)})
	var f *failure
	if errors.As(err, &f) && f.code == codeNotFound {
		return "", "", nil
	}
	return got.header.Get("Peal-Version"), string(got.body), err
}

// deeds are what writers did, and how it ended.
type deeds struct {
	done    map[string]int // acknowledged writes and answered reads
	unknown int            // writes that may have been done, or still will be
	refused int            // what was not done at all
	behind  int            // reads that did not show the newest acknowledged write
	foreign []string       // reads that showed what was never written
}

func (d *deeds) add(other deeds) {
	for what, n := range other.done {
		d.done[what] += n
	}
	d.unknown += other.unknown
	d.refused += other.refused
	d.behind += other.behind
	d.foreign = append(d.foreign, other.foreign...)
}

func (d *deeds) String() string {
	text := ""
	for _, what := range slices.Sorted(maps.Keys(d.done)) {
		text += fmt.Sprintf("%d %s, ", d.done[what], what)
	}
	return text + fmt.Sprintf("%d writes of unknown fate, %d requests refused, %d reads behind the newest write",
		d.unknown, d.refused, d.behind)
}
