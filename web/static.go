package web

import (
	"embed"
	"net/http"
	"path"
)

// The dashboard has no build step: these files are what the browser runs.
//
//go:embed static
var static embed.FS

//go:embed openapi.yaml
var openAPI []byte

// types is our own: what the machine knows of file types may be wrong, and a
// browser runs no module of another type.
var types = map[string]string{
	".html":  "text/html; charset=utf-8",
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".png":   "image/png",
	".ico":   "image/x-icon",
	".json":  "application/json",
	".jsonl": "application/jsonl",
}

func (s *Server) dashboard(w http.ResponseWriter, _ *http.Request) error {
	return sendFile(w, "index.html")
}

func (s *Server) staticFile(w http.ResponseWriter, r *http.Request) error {
	return sendFile(w, rest(r))
}

func sendFile(w http.ResponseWriter, name string) error {
	content, err := static.ReadFile("static/" + name)
	kind, known := types[path.Ext(name)]
	if err != nil || !known {
		return noRoute("/" + name)
	}
	return sendText(w, kind, content)
}

func (s *Server) description(w http.ResponseWriter, _ *http.Request) error {
	return sendText(w, "application/yaml", openAPI)
}

func sendText(w http.ResponseWriter, kind string, content []byte) error {
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(content)
	return nil
}
