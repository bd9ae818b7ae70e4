package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"unicode/utf8"
)

// maxQuestion bounds the JSON body of a request, in bytes.
const maxQuestion = 256 << 10

// writeJSON ignores that a client went away: there is nobody left to tell.
func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v)
}

// reply answers a request that went well.
func reply(w http.ResponseWriter, v any) error {
	writeJSON(w, http.StatusOK, v)
	return nil
}

// readJSON reads a body that must be one JSON object without unknown fields.
func readJSON(w http.ResponseWriter, r *http.Request, v any) error {
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxQuestion))
	dec.DisallowUnknownFields()
	err := dec.Decode(v)
	if err == nil {
		if _, err = dec.Token(); errors.Is(err, io.EOF) {
			return nil
		}
		err = errors.New("something follows the object")
	}
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return tooLarge("the body is too large: name fewer peers at a time")
	}
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) && wrong.Field != "" {
		err = fmt.Errorf("%s cannot be the %s", wrong.Field, wrong.Value)
	}
	return usage("the body is not the JSON object that /openapi.yaml describes: %v", err)
}

// A keyName is a key in JSON: as text where it is text, otherwise as base64.
type keyName struct {
	Text   *string `json:"key,omitempty"`
	Base64 []byte  `json:"key_base64,omitempty"`
}

func nameOf(key string) keyName {
	if utf8.ValidString(key) {
		return keyName{Text: &key}
	}
	return keyName{Base64: []byte(key)}
}

// list is s, as [] in JSON where it is nil.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
