package remote

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"sync"
	"time"

	"peal/chord"
	"peal/node"
	"peal/node/recording"
	"peal/transport"
)

// ProcessConfig says how a process is run. All fields are required.
type ProcessConfig struct {
	// Command makes the command of a process that calls [Serve] with its standard
	// input and output.
	Command func() *exec.Cmd

	// Settings are handed to what [Serve] opens.
	Settings []byte

	// Observer is called with the events of the peers, in order, from one goroutine.
	Observer func(node.Event)

	// Lost is called when the process has ended by itself, and all its peers with it.
	Lost func(error)
}

// A Process is a host that runs in a child of this process. It is started with its
// first peer, and again with the next one after it has ended.
type Process struct {
	cfg ProcessConfig

	mu      sync.Mutex
	run     *run // nil while there is none
	parts   map[chord.PeerID]int
	wear    Impairment
	resting bool
	closed  bool
}

var _ Host = (*Process)(nil)

// NewProcess makes a process that does not run yet.
func NewProcess(cfg ProcessConfig) *Process { return &Process{cfg: cfg} }

// running starts the process if it does not run.
func (p *Process) running() (*run, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, node.ErrClosed
	}
	if p.run != nil {
		return p.run, nil
	}
	r, err := launch(p.cfg.Command(), p.cfg.Settings)
	if err != nil {
		return nil, fmt.Errorf("start a process: %w", err)
	}
	p.run = r
	go p.follow(r)
	if p.resting {
		_, _ = quick[None](r, "Rest", None(false))
	}
	if _, err = quick[None](r, "Part", p.parts); err == nil {
		_, err = quick[None](r, "Impair", p.wear)
	}
	return r, err
}

// follow hands on the events of a run until it ends.
func (p *Process) follow(r *run) {
	for {
		var b Batch
		if r.client.Call(serviceName+".Events", None(false), &b) != nil {
			break
		}
		for _, e := range b.Events.Value {
			p.cfg.Observer(e)
		}
		if b.Missed > 0 {
			p.cfg.Observer(node.Event{Time: time.Now(), Kind: recording.Missed, Count: b.Missed})
		}
	}
	err := r.wait()
	p.mu.Lock()
	p.run = nil
	closed := p.closed
	p.mu.Unlock()
	close(r.ended)
	if !closed {
		p.cfg.Lost(err)
	}
}

// current is the run that goes on, nil if there is none.
func (p *Process) current() *run {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.run
}

// Start runs a peer. The one that comes too late, after ctx has ended, is stopped again.
func (p *Process) Start(ctx context.Context, number int, ways []string) (Peer, error) {
	r, err := p.running()
	if err != nil {
		return nil, err
	}
	until, _ := ctx.Deadline()
	reply := new(Answer[Greeting])
	call := r.begin("Start", Call[Birth]{Until: until, Args: Birth{number, ways}}, reply)
	select {
	case <-call.Done:
	case <-ctx.Done():
		go func() {
			<-call.Done
			_ = (&peer{r, reply.Value}).Kill(false)
		}()
		return nil, ctx.Err()
	}
	switch {
	case call.Error != nil:
		return nil, ended(call.Error)
	case reply.Fault != nil:
		return nil, reply.Fault
	}
	return &peer{r, reply.Value}, nil
}

// Part tells the process, now or when it starts, who is parted from whom.
func (p *Process) Part(parts map[chord.PeerID]int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.parts = parts
	if p.run != nil {
		_, _ = quick[None](p.run, "Part", parts)
	}
}

// Impair tells the process, now or when it starts, how bad the network is.
func (p *Process) Impair(i Impairment) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wear = i
	if p.run != nil {
		_, _ = quick[None](p.run, "Impair", i)
	}
}

// Stats are zero while the process does not run.
func (p *Process) Stats() (sum transport.Stats) {
	if r := p.current(); r != nil {
		sum, _ = quick[transport.Stats](r, "Stats", None(false))
	}
	return sum
}

// Memory is 0 while the process does not run.
func (p *Process) Memory() (bytes int64) {
	if r := p.current(); r != nil {
		bytes, _ = quick[int64](r, "Memory", None(false))
	}
	return bytes
}

// Rest has the process rest, now or when it starts.
func (p *Process) Rest() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.resting = true
	if p.run != nil {
		_, _ = quick[None](p.run, "Rest", None(false))
	}
}

// closeTime is how long a process may take to close its peers.
const closeTime = 10 * time.Second

// Close ends the process.
func (p *Process) Close() error {
	p.mu.Lock()
	r := p.run
	p.closed = true
	p.mu.Unlock()
	if r == nil {
		return nil
	}
	r.client.Close() // it sees its input end
	select {
	case <-r.ended:
		return nil
	case <-time.After(closeTime):
		return errors.Join(errors.New("a process did not close its peers in time, and was killed"), r.cmd.Process.Kill())
	}
}
