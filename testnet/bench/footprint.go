package bench

import (
	"context"
	"math"
	"runtime"
	"runtime/debug"
	"time"

	"peal/testnet/usage"
)

// A Footprint is what the peers take while nobody asks them for anything.
type Footprint struct {
	Memory      float64 `json:"rss_bytes_per_peer"` // resident, after a garbage collection
	Goroutines  float64 `json:"goroutines_per_peer"`
	Connections float64 `json:"connections_per_peer"` // each counts at both of its ends
	Cores       float64 `json:"cores"`                // of all peers together
	Messages    float64 `json:"messages_per_second_per_peer"`
	Bytes       float64 `json:"bytes_per_second_per_peer"`
}

// rest watches the ring for the duration of a phase.
func (b *bench) rest(ctx context.Context) *Footprint {
	n := float64(len(b.net.Live()))
	debug.FreeOSMemory()
	f := &Footprint{
		Memory:      float64(usage.Memory()) / n,
		Goroutines:  float64(runtime.NumGoroutine()) / n,
		Connections: float64(b.net.Stats().Connections) / n,
	}
	before := b.read()
	b.watch(ctx)
	used := b.read().since(before)
	f.Cores = used.cpu.Seconds() / used.wall.Seconds()
	f.Messages = float64(used.messages) / used.wall.Seconds() / n
	f.Bytes = float64(used.bytes) / used.wall.Seconds() / n
	return f
}

// watch waits for the duration of a phase.
func (b *bench) watch(ctx context.Context) {
	total := int(math.Ceil(b.cfg.Duration.Seconds()))
	end := time.Now().Add(b.cfg.Duration)
	for i := range total {
		b.cfg.Progress(Resting, i, total)
		sleep(ctx, min(time.Second, time.Until(end)))
	}
}

// sleep reports whether it slept for so long, and there was anything to sleep for.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return false
	}
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}
