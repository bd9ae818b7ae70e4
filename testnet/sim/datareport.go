package sim

import (
	"maps"

	"peal/node/replica"
)

// A DataReport tells what a simulation saw of the data.
type DataReport struct {
	Acknowledged   int `json:"acknowledged"` // writes
	Unknown        int `json:"unknown"`      // writes that may have been stored, or not
	Failed         int `json:"failed"`       // writes that were not stored
	Declined       int `json:"declined"`     // writes whose condition does not hold, and touches of what is not there
	Reads          int `json:"reads"`
	Expired        int `json:"expired"` // reads of keys whose time was over
	ReadsFailed    int `json:"reads_failed"`
	ReadsHeld      int `json:"reads_held"`      // to what was sure; see oracle.go
	WritesHeld     int `json:"writes_held"`     // to be newer than what was sure
	ConditionsHeld int `json:"conditions_held"` // to decline what was sure to be there
	Orphaned       int `json:"orphaned"`        // acknowledged writes whose copies all went in crashes, or with disks
	KeysChecked    int `json:"keys_checked"`    // in the end, those that were ever written
	Listings       int `json:"listings"`        // in the end
	LastReads      int `json:"last_reads"`      // in the end

	Moved   int `json:"moved"`       // records, by reconciliation
	Handed  int `json:"handed_off"`  // records that a peer gave to those to whom they belong, and dropped
	Refused int `json:"refused"`     // commits, by disks
	Spoiled int `json:"spoiled"`     // records, by disks
	Misread int `json:"read_failed"` // spoiled records that a replica found out

	Collected int `json:"collected"` // tombstones, by each replica
	Forgotten int `json:"forgotten"` // deletes whose first tombstone was collected
	Excused   int `json:"excused"`   // keys of which nothing is owed any more; see forget.go

	Messages       int            `json:"messages"` // delivered, of the data plane
	MessagesByKind map[string]int `json:"messages_by_kind"`
}

// count takes in what a replica tells.
func (d *dataPlane) count(e replica.Event) {
	switch e.Kind {
	case replica.Reconciled:
		d.tally.Moved += e.Count
	case replica.HandedOff:
		d.tally.Handed += e.Count
	case replica.ReadFailed:
		d.tally.Misread++
	}
}

func (d *dataPlane) report() *DataReport {
	r := d.tally
	r.MessagesByKind = make(map[string]int)
	for kind, count := range d.delivered {
		if count > 0 {
			r.Messages += count
			r.MessagesByKind[replica.Kind(kind).String()] = count
		}
	}
	return &r
}

// Plus adds up the reports of two runs; none counts as empty.
func (r *DataReport) Plus(other *DataReport) *DataReport {
	sum := *other
	sum.MessagesByKind = maps.Clone(other.MessagesByKind)
	if r == nil {
		return &sum
	}
	for _, c := range [...]struct {
		to *int
		by int
	}{
		{&sum.Acknowledged, r.Acknowledged}, {&sum.Unknown, r.Unknown}, {&sum.Failed, r.Failed}, {&sum.Declined, r.Declined},
		{&sum.Reads, r.Reads}, {&sum.Expired, r.Expired}, {&sum.ReadsFailed, r.ReadsFailed}, {&sum.ReadsHeld, r.ReadsHeld}, {&sum.WritesHeld, r.WritesHeld}, {&sum.ConditionsHeld, r.ConditionsHeld},
		{&sum.Orphaned, r.Orphaned}, {&sum.KeysChecked, r.KeysChecked}, {&sum.LastReads, r.LastReads}, {&sum.Listings, r.Listings},
		{&sum.Moved, r.Moved}, {&sum.Handed, r.Handed}, {&sum.Refused, r.Refused}, {&sum.Spoiled, r.Spoiled}, {&sum.Misread, r.Misread},
		{&sum.Collected, r.Collected}, {&sum.Forgotten, r.Forgotten}, {&sum.Excused, r.Excused},
		{&sum.Messages, r.Messages},
	} {
		*c.to += c.by
	}
	for kind, count := range r.MessagesByKind {
		sum.MessagesByKind[kind] += count
	}
	return &sum
}
