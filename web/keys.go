package web

import (
	"net/http"
	"strconv"

	"peal/node/replica"
)

// How many keys a page of a listing has.
const (
	usualPage   = 100
	longestPage = 1000
)

type keyEntry struct {
	keyName
	Version replica.Version `json:"version"`
	Size    int64           `json:"size"`
}

// listKeys is dear: every peer is asked for its arc, page by page.
func (s *Server) listKeys(w http.ResponseWriter, r *http.Request) error {
	if err := takesOnly(r, "prefix", "after", "limit"); err != nil {
		return err
	}
	query := r.URL.Query()
	limit, err := pageSize(query.Get("limit"))
	if err != nil {
		return err
	}
	p, err := s.peer(r)
	if err != nil {
		return err
	}
	page, err := p.Keys(r.Context(), []byte(query.Get("prefix")), query.Get("after"), limit)
	if err != nil {
		return err
	}
	entries := make([]keyEntry, len(page.Keys))
	for i, k := range page.Keys {
		entries[i] = keyEntry{nameOf(k.Key), k.Version, k.Size}
	}
	return reply(w, struct {
		Keys []keyEntry `json:"keys"`
		Next string     `json:"next,omitempty"`
	}{entries, page.Next})
}

func pageSize(text string) (int, error) {
	if text == "" {
		return usualPage, nil
	}
	limit, err := strconv.Atoi(text)
	if err != nil || limit < 1 || limit > longestPage {
		return 0, usage("the limit %q is not allowed: give a number from 1 to %d", text, longestPage)
	}
	return limit, nil
}
