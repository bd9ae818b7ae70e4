package web

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The description keeps to one way of writing, so that it can be read here
// line by line: paths are indented by 2, methods by 4.
var (
	pathLine   = regexp.MustCompile(`^  (/.*):$`)
	methodLine = regexp.MustCompile(`^    (get|put|post|delete|patch|head|options):$`)
)

func describedRoutes() []string {
	var path string
	var found []string
	for line := range strings.Lines(string(openAPI)) {
		line = strings.TrimSuffix(line, "\n")
		if m := pathLine.FindStringSubmatch(line); m != nil {
			path = m[1]
		}
		if m := methodLine.FindStringSubmatch(line); m != nil {
			found = append(found, strings.ToUpper(m[1])+" "+path)
		}
	}
	slices.Sort(found)
	return found
}

func TestEveryRouteIsDescribed(t *testing.T) {
	var served []string
	for _, r := range New(Config{Backend: newFake(1)}).routes {
		served = append(served, r.method+" "+r.pattern)
	}
	slices.Sort(served)
	if described := describedRoutes(); !slices.Equal(served, described) {
		t.Errorf("served:    %q\ndescribed: %q", served, described)
	}
}

func TestReferencesLeadSomewhere(t *testing.T) {
	for _, ref := range regexp.MustCompile(`#/components/\w+/(\w+)`).FindAllStringSubmatch(string(openAPI), -1) {
		if !regexp.MustCompile(`(?m)^    ` + ref[1] + `:`).Match(openAPI) {
			t.Errorf("%s is not described", ref[0])
		}
	}
}

func TestDescriptionAndDashboardAreServed(t *testing.T) {
	base := serve(t, newFake(1)).URL
	got := ask(t, base, "GET", "/openapi.yaml", "")
	got.want(t, 200, "openapi: 3.1")
	if kind := got.header.Get("Content-Type"); kind != "application/yaml" {
		t.Errorf("got %q", kind)
	}
	page := ask(t, base, "GET", "/", "")
	page.want(t, 200, "<!doctype html>")
	for _, m := range regexp.MustCompile(`(?:src|href)="([^"#:]+)"`).FindAllStringSubmatch(page.body, -1) {
		file := ask(t, base, "GET", "/"+m[1], "")
		if kind := file.header.Get("Content-Type"); file.status != 200 || strings.HasSuffix(m[1], ".js") != strings.HasPrefix(kind, "text/javascript") {
			t.Errorf("%s: got %d of type %q", m[1], file.status, kind)
		}
	}
}
