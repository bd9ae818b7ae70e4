package recording

import (
	"fmt"
	"slices"

	"peal/chord"
	"peal/node"
)

// A number stands for a contact: it is its index in a directory. 0 is nobody.
type number int32

// A directory numbers the contacts of a recording.
type directory struct {
	contacts []chord.Contact
	numbers  map[place]number
}

func newDirectory() directory {
	return directory{contacts: []chord.Contact{{}}, numbers: map[place]number{{}: 0}}
}

// add numbers a contact, and reports whether it was unknown.
func (d *directory) add(c chord.Contact) (number, bool) {
	p := placeOf(c)
	if n, known := d.numbers[p]; known {
		return n, false
	}
	n := number(len(d.contacts))
	d.contacts = append(d.contacts, c)
	d.numbers[p] = n
	return n, true
}

// find is the number of a place that was introduced.
func (d *directory) find(p place) (number, error) {
	n, known := d.numbers[p]
	if !known {
		return 0, fmt.Errorf("the peer %x was not introduced by any line before", p)
	}
	return n, nil
}

func (d *directory) places(list []number) []place {
	places := make([]place, len(list))
	for i, n := range list {
		places[i] = placeOf(d.contacts[n])
	}
	return places
}

func (d *directory) findAll(places []place) ([]number, error) {
	if len(places) > chord.MaxContacts {
		return nil, fmt.Errorf("a list of %d peers: want %d at most", len(places), chord.MaxContacts)
	}
	list := make([]number, len(places))
	for i, p := range places {
		n, err := d.find(p)
		if err != nil {
			return nil, err
		}
		list[i] = n
	}
	return list, nil
}

func (d *directory) list(numbers []number) []chord.Contact {
	contacts := make([]chord.Contact, len(numbers))
	for i, n := range numbers {
		contacts[i] = d.contacts[n]
	}
	return contacts
}

// A view is what a peer knew of itself at a time. It never changes, so that
// pictures can share it.
type view struct {
	member, replicated   bool
	paused               bool
	keys, records, known int
	pred                 number
	succ, fingers        []number
}

// since gives what is different from an older view, nil if nothing is. A peer
// that was not there has an empty one.
func (v *view) since(old *view, d *directory) *changes {
	var c changes
	c.Member = changed(old.member, v.member)
	c.Paused = changed(old.paused, v.paused)
	c.Replicated = changed(old.replicated, v.replicated)
	c.Keys = changed(old.keys, v.keys)
	c.Records = changed(old.records, v.records)
	c.Known = changed(old.known, v.known)
	if v.pred != old.pred {
		p := placeOf(d.contacts[v.pred])
		c.Pred = &p
	}
	if !slices.Equal(v.succ, old.succ) {
		list := d.places(v.succ)
		c.Succ = &list
	}
	if !slices.Equal(v.fingers, old.fingers) {
		list := d.places(v.fingers)
		c.Fingers = &list
	}
	if c == (changes{}) {
		return nil
	}
	return &c
}

func changed[T comparable](old, now T) *T {
	if old == now {
		return nil
	}
	return &now
}

// with is the view after some changes.
func (v view) with(c *changes, d *directory) (*view, error) {
	take(&v.member, c.Member)
	take(&v.paused, c.Paused)
	take(&v.replicated, c.Replicated)
	take(&v.keys, c.Keys)
	take(&v.records, c.Records)
	take(&v.known, c.Known)
	var err error
	if c.Pred != nil {
		if v.pred, err = d.find(*c.Pred); err != nil {
			return nil, err
		}
	}
	for _, list := range []struct {
		of  *[]number
		now *[]place
	}{{&v.succ, c.Succ}, {&v.fingers, c.Fingers}} {
		if list.now == nil {
			continue
		}
		if *list.of, err = d.findAll(*list.now); err != nil {
			return nil, err
		}
	}
	return &v, nil
}

func take[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// info is the view in the form in which a running peer tells of itself.
func (v *view) info(of number, d *directory, h *Header) node.Info {
	return node.Info{
		Contact: d.contacts[of], Ring: h.Ring, Addresses: []string{}, Member: v.member, Paused: v.paused,
		Predecessor: d.contacts[v.pred], Successors: d.list(v.succ), Fingers: d.list(v.fingers),
		Known: v.known, Keys: v.keys, Records: v.records, Replicated: v.replicated,
		Started: h.Start, Version: h.Version,
	}
}
