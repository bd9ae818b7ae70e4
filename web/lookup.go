package web

import (
	"net/http"

	"peal/node"
)

func (s *Server) lookUp(w http.ResponseWriter, r *http.Request) error {
	key, p, err := s.at(r)
	if err == nil {
		_, err = optionsOf(r)
	}
	if err != nil {
		return err
	}
	route, err := p.Lookup(r.Context(), key)
	if err != nil {
		return err
	}
	route.Replicas, route.Hops = list(route.Replicas), list(route.Hops)
	return reply(w, struct {
		keyName
		node.Route
	}{nameOf(string(key)), route})
}
