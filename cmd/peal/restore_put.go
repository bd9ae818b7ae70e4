package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"peal/node/backup"
)

// An outcome is what became of a record.
type outcome int

const (
	written outcome = iota
	kept            // the ring has a newer version
	expired
)

// put writes a record unless the ring has a newer version of the key, and says what it
// did. It never replaces what it has not compared: each write has the condition that
// the key still is as it was seen.
func (r *restoring) put(ctx context.Context, e backup.Entry) (outcome, error) {
	version, err := r.look(ctx, e)
	if err != nil {
		return 0, err
	}
	var own []string // versions of attempts that too few replicas confirmed
	for {
		condition, leave := r.condition(e, version, own)
		if leave {
			return kept, nil
		}
		done, err := r.try(ctx, e, condition, &own)
		var conflict bool
		if version, conflict = conflictOf(err); !conflict {
			return done, err
		}
	}
}

// look gives the version that a key has, "" if there is none. For a small value it is
// not worth a request: the conflict tells. A large one would be sent before that.
func (r *restoring) look(ctx context.Context, e backup.Entry) (version string, err error) {
	if r.overwrite || e.Size <= int64(len(e.Data)) {
		return "", nil
	}
	err = r.insist(ctx, func() error {
		call, err := r.api.call(ctx, request{method: http.MethodGet, path: "/v1/kv/" + escapeKey(e.Key)})
		if codeOf(err) == codeNotFound {
			return nil
		}
		if err == nil {
			version = call.resp.Header.Get("Peal-Version")
			call.close()
		}
		return err
	})
	return version, err
}

// condition is what must hold for a record to be written where the key has a version, ""
// for none; or it is to be left alone.
func (r *restoring) condition(e backup.Entry, version string, own []string) (condition url.Values, leave bool) {
	switch {
	case r.overwrite:
		return nil, false
	case version == "":
		return url.Values{"if_absent": {"true"}}, false
	case slices.Contains(own, version) || older(version, e.Version):
		return url.Values{"if_version": {version}}, false
	}
	return nil, true
}

// try makes one conditional write, again while the ring mends.
func (r *restoring) try(ctx context.Context, e backup.Entry, condition url.Values, own *[]string) (done outcome, err error) {
	err = r.insist(ctx, func() error {
		req := request{method: http.MethodPut, path: "/v1/kv/" + escapeKey(e.Key), query: condition, follower: alive{&r.pace}}
		if !e.Expires.IsZero() {
			left := time.Until(e.Expires)
			if done = expired; left < time.Millisecond {
				return nil
			}
			req.query = url.Values{"ttl": {left.String()}}
			maps.Copy(req.query, condition)
		}
		if req.body = e.Data; e.Size > int64(len(e.Data)) {
			req.value, req.size = e.Value(), e.Size
		}
		done = written
		_, err := r.api.do(ctx, req)
		if version := receiptOf(err); version != "" {
			*own = append(*own, version)
		}
		return err
	})
	return done, err
}

// conflictOf gives the version that a key has where that made a write fail, "" for a
// key that is not there.
func conflictOf(err error) (version string, conflict bool) {
	if codeOf(err) != codeConflict {
		return "", false
	}
	return toldBy(err).Version, true
}

// receiptOf gives the version of a write that too few replicas have confirmed.
func receiptOf(err error) string { return toldBy(err).Receipt.Version }

// told is what the API says of a write that failed.
type told struct {
	Version string  `json:"version"`
	Receipt receipt `json:"receipt"`
}

func toldBy(err error) (t told) {
	var f *failure
	if errors.As(err, &f) {
		_ = json.Unmarshal(f.body, &t) // what it does not say is empty
	}
	return t
}

// older reports whether a version was written before another. Of two writers at the
// same time it says no: their IDs would decide, and a version does not show all of them.
func older(a, b string) bool {
	wallA, countA, okA := timeOf(a)
	wallB, countB, okB := timeOf(b)
	return okA && okB && cmp.Or(cmp.Compare(wallA, wallB), cmp.Compare(countA, countB)) < 0
}

// timeOf takes the time from a version such as 1795671234567.0-Fxm1MT.
func timeOf(version string) (wall, count uint64, ok bool) {
	stamp, _, dash := strings.Cut(version, "-")
	w, c, dot := strings.Cut(stamp, ".")
	wall, errWall := strconv.ParseUint(w, 10, 64)
	count, errCount := strconv.ParseUint(c, 10, 32)
	return wall, count, dash && dot && errWall == nil && errCount == nil
}
