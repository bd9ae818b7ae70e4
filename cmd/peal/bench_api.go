package main

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"peal/node"
	"peal/testnet/bench"
)

// benchTTL is how long the keys live that a bench leaves behind on another's ring.
const benchTTL = "1h"

// A benched is a ring that is measured through its API.
type benched struct {
	api  *client
	r, w node.Quorum
}

var _ bench.Ring = benched{}

func (b benched) Lookup(ctx context.Context, key string) (int, error) {
	var route node.Route
	got, err := b.api.do(ctx, request{method: http.MethodGet, path: "/v1/lookup/" + escapeKey(key)})
	if err == nil {
		err = b.api.decode(got, &route)
	}
	return len(route.Hops), err
}

func (b benched) Get(ctx context.Context, key string) ([]byte, int, error) {
	got, err := b.api.do(ctx, request{method: http.MethodGet, path: "/v1/kv/" + escapeKey(key), query: quorum("r", b.r, url.Values{})})
	if err != nil {
		return nil, 0, err
	}
	hops, err := strconv.Atoi(got.header.Get("Peal-Hops"))
	return got.body, hops + 1, err
}

func (b benched) Put(ctx context.Context, key string, value []byte) (int, error) {
	query := quorum("w", b.w, url.Values{"ttl": {benchTTL}})
	got, err := b.api.do(ctx, request{method: http.MethodPut, path: "/v1/kv/" + escapeKey(key), query: query, body: value})
	if err != nil {
		return 0, err
	}
	var told receipt
	err = b.api.decode(got, &told)
	return told.Hops + 1, err
}

// healthz is a request that costs the API next to nothing.
func (b benched) healthz(ctx context.Context) error {
	_, err := b.api.do(ctx, request{method: http.MethodGet, path: "/healthz"})
	return err
}

// quorum adds one to a query, unless it is the ring's.
func quorum(name string, q node.Quorum, query url.Values) url.Values {
	if q != 0 {
		query.Set(name, q.String())
	}
	return query
}
