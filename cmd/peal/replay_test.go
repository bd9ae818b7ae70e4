package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"peal/node"
	"peal/node/recording"
	"peal/testnet/sim"
	"peal/web"
)

// TestReplayOnlyLooks asks a recording for what a ring can do.
func TestReplayOnlyLooks(t *testing.T) {
	name, end := recordedRun(t, sim.Config{Peers: 5, Seed: 2, Duration: 10 * time.Second})
	s := background(t, "replay", name)
	var film struct {
		web.Film
		URL string
	}
	s.hears(t, &film)
	if film.Peers != 5 || film.Seed != 2 || film.Source != "simulator" || film.Length < 10 {
		t.Errorf("the program says %+v", film)
	}
	api := "PEAL_API=" + film.URL
	onlyLooks(t, api)
	if got := runWith(t, "", api, "ring", "check"); got.code != exits[codeCheck] || !strings.Contains(got.err, "it has no peers") {
		t.Errorf("before it is played, ring check: %+v", got)
	}
	got := postJSON[web.Playback](t, film.URL+"v1/replay", `{"seek":1e9,"play":false}`)
	if got.At != film.Length {
		t.Errorf("sought %+v, want the end", got)
	}
	var ring node.Ring
	if got := runWith(t, "", api, "ring", "-o", "json"); json.Unmarshal([]byte(got.out), &ring) != nil || len(ring.Peers) != len(end.Peers) {
		t.Errorf("ring: %+v, want %d peers", got, len(end.Peers))
	}
	onlyLooks(t, api)
	self := end.Peers[1].ID.String()
	if got := runWith(t, "", api, "status", "--via", self); !strings.Contains(got.out, end.Peers[1].Peer.String()) {
		t.Errorf("status: %+v, want %v", got, end.Peers[1].Peer)
	}
	s.stop()
	if code := <-s.code; code != 0 {
		t.Errorf("after Ctrl-C: exit %d, want 0", code)
	}
}

// onlyLooks asks for what takes a ring that runs. The usage is right, so that no
// help is pointed to.
func onlyLooks(t *testing.T, api string) {
	t.Helper()
	for _, verb := range []string{"put k v", "get k", "del k", "lookup k", "keys", "leave", "testnet kill 1", "testnet join 1"} {
		got := runWith(t, "", append([]string{api}, strings.Fields(verb)...)...)
		if got.code != 1 || !strings.Contains(got.err, ": this is a recording, ") || !strings.HasSuffix(got.err, "and ask that\n") || got.out != "" {
			t.Errorf("%s: %+v, want exit 1 and the reason", verb, got)
		}
	}
}

// TestReplayNamesPeers wants those digits refused that several of 17 positions
// begin with, as a testnet does.
func TestReplayNamesPeers(t *testing.T) {
	name, end := recordedRun(t, sim.Config{Peers: 17, Seed: 2, Grown: true, Duration: time.Second})
	rec, err := loadRecording(name)
	if err != nil {
		t.Fatal(err)
	}
	r := &replayed{name, rec, recording.NewPlayer(rec, func(node.Event) {}, time.Now)}
	if _, err := r.Steer(web.Steering{Seek: new(rec.Length().Seconds())}); err != nil {
		t.Fatal(err)
	}
	begun := make(map[string]int)
	for _, p := range end.Peers {
		for _, via := range []string{p.ID.String(), strings.ToUpper(p.ID.String()), p.Peer.String()} {
			if got, err := r.Peer(via); err != nil || got.Info().Contact != p.Contact {
				t.Errorf("%q: got %v, %v, want %v", via, got, err, p.Contact)
			}
		}
		begun[p.ID.String()[:1]]++
	}
	for digit, peers := range begun {
		_, err := r.Peer(digit)
		if ambiguous := errors.Is(err, node.ErrInvalid) && strings.Contains(err.Error(), "give more digits"); ambiguous != (peers > 1) {
			t.Errorf("%q, with which %d positions begin: %v", digit, peers, err)
		}
	}
	if _, err := r.Peer(""); err != nil {
		t.Errorf("any peer: %v", err)
	}
}

// TestReplayRefusesFiles wants one line with the name of the file.
func TestReplayRefusesFiles(t *testing.T) {
	name, _ := recordedRun(t, sim.Config{Peers: 3, Seed: 2, Duration: time.Second})
	good, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for want, content := range map[string]string{
		"no recording of Peal": "<html>",
		"use a newer peal":     strings.Replace(string(good), `"peal_recording":1`, `"peal_recording":9`, 1),
		"damaged: line 2":      strings.Replace(string(good), "}\n", "}\n{\"kind\"", 1),
	} {
		file := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := runWith(t, "", "replay", file); got.code != 1 || !strings.Contains(got.err, want) || !strings.Contains(got.err, file) || strings.Count(got.err, "\n") != 1 {
			t.Errorf("want %q: got %+v", want, got)
		}
	}
	if got := runWith(t, "", "replay", filepath.Join(t.TempDir(), "none")); got.code != 1 || !strings.Contains(got.err, "none") {
		t.Errorf("no file: %+v", got)
	}
	if got := runWith(t, "", "replay", t.TempDir()); got.code != 2 || !strings.Contains(got.err, " is a directory: name the file of a recording") {
		t.Errorf("a directory: %+v", got)
	}
	if got := runWith(t, "", "replay"); got.code != 2 {
		t.Errorf("no argument: %+v", got)
	}
}

// TestReplayOfACutFile shows what there is, and says so.
func TestReplayOfACutFile(t *testing.T) {
	name, _ := recordedRun(t, sim.Config{Peers: 3, Seed: 2, Duration: time.Second})
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, whole[:len(whole)-9], 0o600); err != nil {
		t.Fatal(err)
	}
	s := background(t, "replay", name)
	var film web.Film
	s.hears(t, &film)
	if notes := s.notes.String(); !film.Cut || film.Peers != 3 || !strings.Contains(notes, "ends in the middle") {
		t.Errorf("the film is %+v, stderr %q", film, notes)
	}
}

// postJSON asks the API, as the page does.
func postJSON[T any](t *testing.T, url, body string) (answer T) {
	t.Helper()
	r, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if err := json.NewDecoder(r.Body).Decode(&answer); err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s, %v", url, body, r.Status, err)
	}
	return answer
}
