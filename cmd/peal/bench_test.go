package main

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"peal/testnet/bench"
)

// tiny makes a bench of a testnet take no time.
var tiny = []string{"bench", "--peers", "5", "--keys", "20", "--clients", "2", "--duration", "20ms", "--transport", "memory"}

// fields are those of an object in JSON.
func fields(t *testing.T, raw json.RawMessage) map[string]json.RawMessage {
	t.Helper()
	var m map[string]json.RawMessage
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	return m
}

// has checks that an object has these fields, none of them empty.
func has(t *testing.T, what string, raw json.RawMessage, names string) {
	t.Helper()
	m := fields(t, raw)
	for _, name := range strings.Fields(names) {
		if v := string(m[name]); v == "" || v == "null" || v == `""` {
			t.Errorf("%s has no %s: %s", what, name, raw)
		}
	}
}

// The JSON is what docs/performance.md says, and scripts read it.
func TestBenchAsJSON(t *testing.T) {
	t.Parallel() // it waits most of the time
	dir := t.TempDir()
	svg, profiles := filepath.Join(dir, "svg"), filepath.Join(dir, "profiles")
	got := runWith(t, "", append(slices.Clone(tiny), "--durable", "--latency", "1ms", "--svg", svg, "--profile", profiles, "-o", "json")...)
	if got.code != 0 {
		t.Fatalf("%+v", got)
	}
	has(t, "the report", json.RawMessage(got.out), `peers transport value_bytes keys dist clients duration_seconds durable latency_ms
		version go cpus interrupted settle_seconds settled loaded operations bare`)
	report := fields(t, json.RawMessage(got.out))
	for _, when := range []string{"settled", "loaded"} {
		has(t, when, report[when], `rss_bytes_per_peer goroutines_per_peer connections_per_peer cores
			messages_per_second_per_peer bytes_per_second_per_peer`)
	}
	var r bench.Report
	if err := json.Unmarshal([]byte(got.out), &r); err != nil {
		t.Fatal(err)
	}
	checkRows(t, &r, report)
	for pattern, want := range map[string]int{svg + "/*.svg": 2, profiles + "/*.pprof": 5} {
		if files, _ := filepath.Glob(pattern); len(files) != want {
			t.Errorf("%s are %v, want %d", pattern, files, want)
		}
	}
}

// checkRows checks that every row is there and has figures that can be.
func checkRows(t *testing.T, r *bench.Report, report map[string]json.RawMessage) {
	t.Helper()
	const quantities = "name clients count failed seconds p50_ms p90_ms p95_ms p99_ms max_ms per_second cpu_ms "
	more := map[string]string{"operations": "rounds messages bytes round_trips ratio", "bare": ""}
	for _, part := range []string{"operations", "bare"} {
		var rows []json.RawMessage
		if err := json.Unmarshal(report[part], &rows); err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			has(t, "a row of "+part, row, quantities+more[part])
		}
	}
	for _, name := range []string{bench.Lookup, bench.Get, bench.Put, bench.Mixed, bench.Request, bench.Shared, bench.Stream, bench.Write} {
		for _, clients := range []int{1, 2} {
			row := r.Row(name, clients)
			if row.Count < 1 || row.Failed > 0 || !(0 < row.P50 && row.P50 <= row.P90 && row.P95 <= row.P99 && row.P99 <= row.Max) {
				t.Errorf("%s by %d: %+v", name, clients, row)
			}
		}
	}
	put := r.Row(bench.Put, 1)
	if put.StoreRatio == nil || put.StoreRatio.To != bench.Write || put.Ratio.To != bench.Request {
		t.Errorf("a durable put is compared with %+v and %+v", put.Ratio, put.StoreRatio)
	}
	if put.RoundTrips < 1 { // W is 2, so another peer has answered
		t.Errorf("a put took %v of the round trips that were added, want 1 or more", put.RoundTrips)
	}
	if put.Messages < 2 || put.Bytes < 1024 {
		t.Errorf("a put took %v messages of %v bytes, want 2 that hold a value", put.Messages, put.Bytes)
	}
}

func TestBenchOfFaultsAsJSON(t *testing.T) {
	t.Parallel() // it waits most of the time
	got := runWith(t, "", append(slices.Clone(tiny), "--kill", "0.2", "--rate", "500", "-o", "json")...)
	if got.code != 0 {
		t.Fatalf("%+v", got)
	}
	var list []json.RawMessage
	if err := json.Unmarshal(fields(t, json.RawMessage(got.out))["faults"], &list); err != nil || len(list) != 1 {
		t.Fatalf("want 1 fault in %s", got.out)
	}
	has(t, "the fault", list[0], "kind share peers_failed per_second get put dead_contacts")
	var f bench.Fault
	if err := json.Unmarshal(list[0], &f); err != nil {
		t.Fatal(err)
	}
	if f.Kind != "kill" || f.Failed != 1 || f.Gets.Before.Count != 5 || f.Puts.After.Count != 5 || f.Gets.Ratio <= 0 {
		t.Errorf("got %+v, want 1 peer killed and 5 gets and puts before and after", f)
	}
}

func TestBenchOfAnAPI(t *testing.T) {
	f := newFake(t, false)
	got := f.peal(t, "bench", "--keys", "5", "--clients", "2", "--duration", "20ms")
	if got.code != 0 {
		t.Fatalf("%+v", got)
	}
	for _, want := range []string{"the one at " + f.url, "1 client", "2 clients", "healthz", "lookup", "get", "put", "mixed"} {
		if !strings.Contains(got.out, want) {
			t.Errorf("%q is missing in\n%s", want, got.out)
		}
	}
	if !strings.Contains(got.err, "measuring: ") {
		t.Errorf("no progress: %q", got.err)
	}
}

// A canceler interrupts when a text is written to it.
type canceler struct {
	bytes.Buffer
	at     string
	cancel context.CancelFunc
}

func (c *canceler) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte(c.at)) {
		c.cancel()
	}
	return c.Buffer.Write(p)
}

// Ctrl-C prints what there is.
func TestBenchInterrupted(t *testing.T) {
	t.Parallel() // it waits most of the time
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out bytes.Buffer
	notes := &canceler{at: "measuring", cancel: cancel}
	c := newCLI(console{out: &out, err: notes, lookupEnv: lookup(nil)})
	code := c.run(ctx, append(slices.Clone(tiny), "-o", "json"))
	var r bench.Report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatalf("%v in %s; stderr %s", err, out.String(), notes.String())
	}
	if code != interrupted || !r.Interrupted || r.Settled == nil || len(r.Operations)+len(r.Bare) != 1 || r.Loaded != nil {
		t.Errorf("exit %d, %+v; want exit %d, the settled ring and one row", code, r, interrupted)
	}
}

func TestBenchUsage(t *testing.T) {
	file := filepath.Join(write(t, map[string]string{"file": ""}), "file")
	for args, want := range map[string]string{
		"--peers 1":                      "--peers 1: want 2 to 10000",
		"--transport pigeon":             "want tcp, quic or memory",
		"--dist normal":                  "want uniform or zipf",
		"--duration 0s":                  "--duration 0s: want more than 0s",
		"--latency -1s":                  "--latency -1s: want 0s or more",
		"--kill 0.6":                     "--kill 0.6: want a share of the peers, 0 to 0.5",
		"--hang NaN":                     "--hang NaN: want a share",
		"--value-size 2MiB":              "--value-size 2097152: want 1 to 1048576",
		"--value-size x":                 "want a number of bytes",
		"--svg " + file:                  "--svg: ",
		"--api http://[::1]:1 --durable": "--durable is for a testnet of its own",
		"--api http://[::1]:1 --peers 5": "--peers is for a testnet of its own",
	} {
		got := runWith(t, "", append([]string{"bench"}, strings.Fields(args)...)...)
		if got.code != 2 || !strings.Contains(got.err, want) || strings.Count(got.err, "\n") != 1 {
			t.Errorf("%s: %+v, want exit 2 and %q", args, got, want)
		}
	}
}

// The tables fit a terminal, also where figures are large.
func TestBenchTextFits(t *testing.T) {
	large := bench.Row{
		Name: bench.Write, Clients: 32, Count: 1e6, Failed: 123456, Quantiles: bench.Quantiles{P50: 12345, P95: 23456, P99: 30000, Max: 30000},
		PerSecond: 123456, CPU: 1234.5, Rounds: 12.34, Messages: 123.4, Bytes: 1234567,
		Ratio: &bench.Ratio{To: bench.Request, P50: 12345, P99: 12345, PerSecond: 0.001, CPU: 1234}, StoreRatio: &bench.Ratio{To: bench.Write, P50: 1234},
	}
	tail := bench.Tail{After: bench.Sample{Count: 123456, Failed: 123456, Quantiles: large.Quantiles}, Ratio: 1234}
	seconds := 59.5
	r := &bench.Report{
		Peers: 10000, Transport: "memory", Durable: true, Latency: 123.4, Clients: 32, Operations: []bench.Row{large}, Bare: []bench.Row{large},
		Settled: &bench.Footprint{Memory: 1e9, Goroutines: 12345, Connections: 1234, Cores: 12.345, Messages: 1234, Bytes: 12345678},
		Faults:  []bench.Fault{{Kind: "kill", Failed: 5000, PerSecond: 100000, Gets: tail, Puts: tail, DeadContacts: 12345, Clean: &seconds}},
	}
	var out bytes.Buffer
	if err := printBenchText(&out, 80, r); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}
