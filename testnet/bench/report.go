package bench

import (
	"runtime"
	"slices"
	"time"
)

// A Report is what a bench found; it is its JSON. What was not measured is absent.
type Report struct {
	Peers     int     `json:"peers,omitempty"`
	Transport string  `json:"transport,omitempty"`
	API       string  `json:"api,omitempty"` // of a ring that runs elsewhere
	ValueSize int     `json:"value_bytes"`
	Keys      int     `json:"keys"`
	Dist      string  `json:"dist"`
	Clients   int     `json:"clients"`
	Seconds   float64 `json:"duration_seconds"`
	Durable   bool    `json:"durable"`
	R         string  `json:"r,omitempty"`
	W         string  `json:"w,omitempty"`
	Latency   float64 `json:"latency_ms,omitempty"` // that was added to each round trip
	Version   string  `json:"version"`
	Go        string  `json:"go"`
	CPUs      int     `json:"cpus"`

	Interrupted bool `json:"interrupted"`

	Settle     float64    `json:"settle_seconds,omitempty"` // from the first peer's start
	Settled    *Footprint `json:"settled,omitempty"`
	Loaded     *Footprint `json:"loaded,omitempty"` // after all requests
	Operations []Row      `json:"operations"`
	Bare       []Row      `json:"bare"`
	Faults     []Fault    `json:"faults,omitempty"`
}

func newReport(cfg Config) *Report {
	r := &Report{
		ValueSize: cfg.ValueSize, Keys: cfg.Keys, Dist: "uniform", Clients: cfg.Clients,
		Seconds: cfg.Duration.Seconds(), Durable: cfg.Durable, R: cfg.R.String(), W: cfg.W.String(),
		Latency: ms(cfg.Testnet.Latency), Version: cfg.Testnet.Version, Go: runtime.Version(), CPUs: runtime.NumCPU(),
		Operations: []Row{}, Bare: []Row{},
	}
	if cfg.Zipf {
		r.Dist = "zipf"
	}
	return r
}

// Names of rows.
const (
	Lookup = "lookup"
	Get    = "get"
	Put    = "put"
	Mixed  = "mixed" // nine gets to a put

	Request = "request"     // bare, on a stream that stays open
	Shared  = "multiplexed" // the same, beside others on its stream
	Stream  = "new stream"
	Write   = "synced write"
	Batch   = "batched write"
	Healthz = "healthz" // over HTTP
)

// A Row is one kind of request under so many clients.
type Row struct {
	Name    string  `json:"name"`
	Clients int     `json:"clients"`
	Count   int     `json:"count"`
	Failed  int     `json:"failed"`
	Failure string  `json:"failure,omitempty"` // why the last one failed
	Seconds float64 `json:"seconds"`           // that a client had, mean

	Quantiles
	PerSecond float64 `json:"per_second"`
	CPU       float64 `json:"cpu_ms,omitempty"`   // of the whole process, per operation
	Rounds    float64 `json:"rounds,omitempty"`   // of requests, mean
	Messages  float64 `json:"messages,omitempty"` // that peers sent meanwhile, per operation
	Bytes     float64 `json:"bytes,omitempty"`    // of these

	RoundTrips float64 `json:"round_trips,omitempty"` // median, over the added latency
	Ratio      *Ratio  `json:"ratio,omitempty"`
	StoreRatio *Ratio  `json:"store_ratio,omitempty"` // of a durable put
}

// Quantiles are durations that were recorded, in milliseconds.
type Quantiles struct {
	P50 float64 `json:"p50_ms"`
	P90 float64 `json:"p90_ms"`
	P95 float64 `json:"p95_ms"`
	P99 float64 `json:"p99_ms"`
	Max float64 `json:"max_ms"`
}

// A Ratio is a row over the bare one that is named.
type Ratio struct {
	To        string  `json:"to"`
	P50       float64 `json:"p50"`
	P95       float64 `json:"p95"`
	P99       float64 `json:"p99"`
	PerSecond float64 `json:"per_second"`
	CPU       float64 `json:"cpu,omitempty"`
}

// quantiles sorts what it is given, of which there is some. A quantile is the least
// duration that so large a share does not exceed.
func quantiles(took []time.Duration) Quantiles {
	slices.Sort(took)
	at := func(percent int) float64 { return ms(took[(len(took)*percent+99)/100-1]) }
	return Quantiles{at(50), at(90), at(95), at(99), at(100)}
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// row is what a contestant showed, if it had a turn.
func (c *contestant) row() (Row, bool) {
	t := &c.tally
	if len(t.took) == 0 {
		return Row{}, false
	}
	n, seconds := float64(len(t.took)*c.each), t.busy.Seconds()/float64(len(c.clients))
	r := Row{
		Name: c.name, Clients: len(c.clients), Count: len(t.took) * c.each, Failed: t.failed,
		Seconds: seconds, PerSecond: n / seconds,
		CPU: ms(t.used.cpu) / n, Rounds: float64(t.rounds) / n,
	}
	for i := range t.took {
		t.took[i] /= time.Duration(c.each)
	}
	r.Quantiles = quantiles(t.took)
	if c.onRing {
		r.Messages, r.Bytes = float64(t.used.messages)/n, float64(t.used.bytes)/n
	}
	if t.failure != nil {
		r.Failure = t.failure.Error()
	}
	return r, true
}

// take fills in the rows of the contestants that had a turn.
func (r *Report) take(list []*contestant) {
	for _, c := range list {
		row, ok := c.row()
		switch {
		case ok && c.bare:
			r.Bare = append(r.Bare, row)
		case ok:
			r.Operations = append(r.Operations, row)
		}
	}
	for i := range r.Operations {
		r.compare(&r.Operations[i])
	}
}

// compare fills in the ratios of a row.
func (r *Report) compare(row *Row) {
	for _, bare := range r.Bare {
		switch {
		case bare.Clients == row.Clients && (bare.Name == Request || bare.Name == Healthz):
			row.Ratio = row.over(bare)
		case bare.Clients == row.Clients && bare.Name == Write && row.Name == Put && r.Durable:
			row.StoreRatio = row.over(bare)
		}
	}
	if r.Latency > 0 {
		row.RoundTrips = row.P50 / r.Latency
	}
}

func (r *Row) over(bare Row) *Ratio {
	ratio := &Ratio{To: bare.Name, P50: r.P50 / bare.P50, P95: r.P95 / bare.P95, P99: r.P99 / bare.P99, PerSecond: r.PerSecond / bare.PerSecond}
	if bare.CPU > 0 {
		ratio.CPU = r.CPU / bare.CPU
	}
	return ratio
}

// Row finds one by its name, or an empty one.
func (r *Report) Row(name string, clients int) Row {
	for _, row := range slices.Concat(r.Operations, r.Bare) {
		if row.Name == name && row.Clients == clients {
			return row
		}
	}
	return Row{}
}
