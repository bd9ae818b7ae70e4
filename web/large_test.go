package web

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"peal/node"
	"peal/node/blob"
	"peal/node/replica"
)

const mib = 1 << 20

// large makes a value no two blocks of which are alike.
func large(size int) string {
	b := []byte(strings.Repeat(".", size))
	for i := 0; i < size; i += 1000 {
		copy(b[i:], strconv.Itoa(i))
	}
	return string(b)
}

func TestLargeValues(t *testing.T) {
	f := newFake(1)
	base := serve(t, f).URL
	for _, size := range []int{mib, mib + 1, 20*mib + 17} {
		value := large(size)
		for _, body := range []io.Reader{strings.NewReader(value), struct{ io.Reader }{strings.NewReader(value)}} {
			req, _ := http.NewRequest("PUT", base+"/v1/kv/k", body)
			resp, err := http.DefaultTransport.RoundTrip(req)
			if err != nil || resp.StatusCode != 200 {
				t.Fatalf("put of %d bytes: %v, %v", size, resp, err)
			}
			resp.Body.Close()
			got := ask(t, base, "GET", "/v1/kv/k", "")
			if got.body != value || got.header.Get("Content-Length") != strconv.Itoa(size) {
				t.Errorf("got %d bytes of %s, want the %d that were put", len(got.body), got.header.Get("Content-Length"), size)
			}
		}
		head := ask(t, base, "HEAD", "/v1/kv/k", "")
		if head.status != 200 || head.header.Get("Content-Length") != strconv.Itoa(size) {
			t.Errorf("HEAD: got %d with length %s, want 200 with %d", head.status, head.header.Get("Content-Length"), size)
		}
	}
	ask(t, base, "HEAD", "/v1/kv/k", "", "Accept: application/json, application/octet-stream").want(t, 200, "")
	ask(t, base, "GET", "/v1/kv/k", "", "Accept: application/json").want(t, 406, "the value has 20971537 bytes, which are too many for JSON")
}

func TestTooLargeAValue(t *testing.T) {
	for size, status := range map[int64]int{blob.MaxSize + 1: 413, 3: 200} {
		req := httptest.NewRequest("PUT", "http://localhost/v1/kv/k", strings.NewReader("abc"))
		req.ContentLength = size
		rec := httptest.NewRecorder()
		New(Config{Backend: newFake(1)}).ServeHTTP(rec, req)
		if rec.Code != status {
			t.Errorf("%d bytes: got %d, want %d", size, rec.Code, status)
		}
	}
}

func TestReservedKeysAreRefused(t *testing.T) {
	base := serve(t, newFake(1)).URL
	for _, write := range []string{"PUT /v1/kv/", "DELETE /v1/kv/", "POST /v1/touch/"} {
		method, path, _ := strings.Cut(write, " ")
		ask(t, base, method, path+"%00peal%2Fblock%2Fx", "").want(t, 400, `begin with \"\\x00peal/\" are reserved`)
	}
}

// lose takes away a block of a value.
func (f *fake) lose(value string, block int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for key, data := range f.values {
		if replica.Internal(key) && string(data) == value[block*mib:(block+1)*mib] {
			delete(f.values, key)
		}
	}
}

// Before the first byte has left an error is an answer, and later an end that nobody
// takes for that of the value.
func TestValueThatBreaksOff(t *testing.T) {
	value := large(15 * mib)
	for _, lost := range []int{0, 12} {
		f := newFake(1)
		base := serve(t, f).URL
		ask(t, base, "PUT", "/v1/kv/k", value).want(t, 200, "")
		f.lose(value, lost)
		if lost == 0 {
			ask(t, base, "GET", "/v1/kv/k", "").want(t, 503, `block 1 of 15 is missing: try again when the ring has settled, or store the value anew","code":"lost"`)
			continue
		}
		resp, err := http.Get(base + "/v1/kv/k")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		got, err := io.ReadAll(resp.Body)
		if err == nil || !strings.HasPrefix(value, string(got)) || len(got) > lost*mib {
			t.Errorf("got %d bytes, error %v; want %d at most, the right ones, and an error", len(got), err, lost*mib)
		}
	}
}

func TestErrorsOfLargeValues(t *testing.T) {
	for err, want := range map[error]string{
		blob.ErrChanged:  `503 {"error":"the value changed while it was read","code":"changed"}`,
		blob.ErrTooLarge: `413 {"error":"the value is too large","code":"usage"}`,
		blob.ErrCut:      `400 {"error":"the value did not arrive whole, nothing was stored","code":"usage"}`,
		node.ErrManifest: `500 {"error":"value is larger than a record","code":"internal"}`,
	} {
		f := newFake(1)
		f.err = err
		got := ask(t, serve(t, f).URL, "GET", "/v1/kv/k", "")
		if text := fmt.Sprintf("%d %s", got.status, strings.TrimSpace(got.body)); text != want {
			t.Errorf("%v: got %s, want %s", err, text, want)
		}
	}
}

// A value may take as long as it keeps coming: every MiB has the time of a step.
func TestValueThatComesSlowly(t *testing.T) {
	inPipe(t, func(t *testing.T, s *Server, l *pipeListener) {
		conn, _ := l.dial(t.Context(), "", "")
		defer conn.Close()
		value := large(6 * mib)
		fmt.Fprintf(conn, "PUT /v1/kv/k HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n", len(value))
		for i := range 6 {
			pass(stepTimeout.Duration)
			if _, err := io.WriteString(conn, value[i*mib:(i+1)*mib]); err != nil {
				t.Fatal(err)
			}
		}
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || resp.StatusCode != 200 {
			t.Errorf("got %v, error %v; want 200", resp, err)
		}
	})
}

func TestValueThatStopsComing(t *testing.T) {
	inPipe(t, func(t *testing.T, s *Server, l *pipeListener) {
		conn, _ := l.dial(t.Context(), "", "")
		defer conn.Close()
		fmt.Fprintf(conn, "PUT /v1/kv/k HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s", 6*mib, large(3*mib))
		start := time.Now()
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if took := time.Since(start); err != nil || resp.StatusCode != 400 || took != stepTimeout.Duration+answerTime {
			t.Fatalf("got %v, error %v after %v; want 400 after %v", resp, err, took, stepTimeout.Duration+answerTime)
		}
		body, _ := io.ReadAll(resp.Body)
		if want := "less than 1 MiB came within 30s: allow more time"; !strings.Contains(string(body), want) {
			t.Errorf("got %s, want %q in it", body, want)
		}
		pass(time.Second) // until the server hangs up
	})
}

// So long as a client takes 1 MiB in time, it gets the next one; one that takes
// nothing is hung up on.
func TestClientsThatReadSlowly(t *testing.T) {
	inPipe(t, func(t *testing.T, s *Server, l *pipeListener) {
		value := large(6 * mib)
		put := httptest.NewRequest("PUT", "http://localhost/v1/kv/k", strings.NewReader(value))
		s.ServeHTTP(httptest.NewRecorder(), put)
		for _, patience := range []time.Duration{stepTimeout.Duration, stepTimeout.Duration + answerTime + time.Second} {
			conn, _ := l.dial(t.Context(), "", "")
			defer conn.Close()
			fmt.Fprintf(conn, "GET /v1/kv/k HTTP/1.1\r\nHost: localhost\r\n\r\n")
			resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil || resp.ContentLength != int64(len(value)) {
				t.Fatalf("got %v, error %v", resp, err)
			}
			var got int64
			for err == nil {
				var n int64
				pass(patience)
				n, err = io.CopyN(io.Discard, resp.Body, mib)
				got += n
			}
			if whole, slow := got == int64(len(value)), patience > stepTimeout.Duration; whole == slow {
				t.Errorf("who reads 1 MiB in %v got %d bytes, all of them %v", patience, got, whole)
			}
		}
	})
}
