package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// simulating is a server whose simulations do what run does.
func simulating(run Simulation) *Server {
	return New(Config{Backend: newFake(1), Simulation: func(p url.Values) (Simulation, error) {
		if p.Has("timeout") || p.Get("seed") == "" {
			return nil, errors.New("give a seed,\nand no more")
		}
		return run, nil
	}})
}

func TestSimulation(t *testing.T) {
	base := serveServer(t, simulating(func(_ context.Context, to io.Writer) error {
		_, err := io.WriteString(to, "lines")
		return err
	})).URL
	got := ask(t, base, "GET", "/v1/simulation?seed=5&timeout=10s", "")
	got.want(t, 200, "lines")
	if kind := got.header.Get("Content-Type"); kind != "application/jsonl" {
		t.Errorf("got %q", kind)
	}
	ask(t, base, "GET", "/v1/simulation?peers=5", "").want(t, 400, `{"error":"give a seed,; and no more","code":"usage"}`)
	ask(t, base, "GET", "/v1/simulation?seed=5", "", "Origin: http://evil.example").want(t, 403, `"code":"refused"`)
	ask(t, base, "GET", "/v1/simulation?seed=5&timeout=1h", "").want(t, 400, "at most 5m")
}

func TestRealRingSimulatesNothing(t *testing.T) {
	ask(t, serve(t, newFake(1)).URL, "GET", "/v1/simulation?seed=5", "").want(t, 404, "this is a peer of a ring that runs for real, which simulates nothing: run 'peal testnet'")
}

// What is missing at the end of an answer shows in that the connection breaks off.
func TestSimulationBreaksOff(t *testing.T) {
	server := serveServer(t, simulating(func(_ context.Context, to io.Writer) error {
		_, err := to.Write(make([]byte, 1<<20))
		return errors.Join(err, errors.New("no more"))
	}))
	resp, err := http.Get(server.URL + "/v1/simulation?seed=5")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if n, err := io.Copy(io.Discard, resp.Body); err == nil {
		t.Errorf("the answer ended well after %d bytes", n)
	}
}

// One simulation runs at a time. It ends with its request, and then the next one begins.
func TestSimulationsWaitForEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var running atomic.Int32
		s := simulating(func(ctx context.Context, _ io.Writer) error {
			running.Add(1)
			defer running.Add(-1)
			<-ctx.Done()
			return ctx.Err()
		})
		begin := func(query string) (end func(), w *httptest.ResponseRecorder) {
			ctx, cancel := context.WithCancel(t.Context())
			w = httptest.NewRecorder()
			r := httptest.NewRequest("GET", "http://localhost/v1/simulation?"+query, nil).WithContext(ctx)
			go func() {
				defer func() { _ = recover() }() // a connection that breaks off
				s.ServeHTTP(w, r)
			}()
			synctest.Wait()
			return cancel, w
		}
		want := func(count int32) {
			t.Helper()
			if synctest.Wait(); running.Load() != count {
				t.Errorf("%d simulations run, want %d", running.Load(), count)
			}
		}
		first, _ := begin("seed=1")
		second, _ := begin("seed=2")
		_, third := begin("seed=3&timeout=1s")
		want(1)
		pass(time.Second)
		if synctest.Wait(); third.Code != http.StatusServiceUnavailable {
			t.Errorf("one that waited for too long: got %d %s", third.Code, third.Body)
		}
		first()
		want(1)
		second()
		want(0)
	})
}
