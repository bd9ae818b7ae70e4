package remote

import (
	"context"
	"errors"
	"fmt"

	"peal/chord"
	"peal/node"
)

// A peer stands for one that runs in another process.
type peer struct {
	run *run
	Greeting
}

var _ Peer = (*peer)(nil)

func (p *peer) Self() chord.Contact { return p.Greeting.Self }
func (p *peer) Addresses() []string { return p.Greeting.Addresses }

func (p *peer) Lost() bool {
	select {
	case <-p.run.ended:
		return true
	default:
		return false
	}
}

// Info names the peer alone if its process does not answer.
func (p *peer) Info() node.Info {
	ctx, cancel := context.WithTimeout(context.Background(), look)
	defer cancel()
	info, err := ask[None, JSON[node.Info]](ctx, p, "Info", false)
	if err != nil {
		return node.Info{Contact: p.Self()}
	}
	return info.Value
}

func (p *peer) Put(ctx context.Context, key, value []byte, opt node.WriteOptions) (node.Receipt, error) {
	return p.write(ctx, "Put", Write{key, value, opt})
}

func (p *peer) Touch(ctx context.Context, key []byte, opt node.WriteOptions) (node.Receipt, error) {
	return p.write(ctx, "Touch", Write{Key: key, Options: opt})
}

func (p *peer) Delete(ctx context.Context, key []byte, opt node.WriteOptions) (node.Receipt, error) {
	return p.write(ctx, "Delete", Write{Key: key, Options: opt})
}

func (p *peer) write(ctx context.Context, method string, w Write) (node.Receipt, error) {
	promise, err := ask[Write, Promise](ctx, p, method, w)
	if errors.Is(err, errEnded) {
		err = fmt.Errorf("%w: %w", node.ErrUnknown, err)
	}
	return promise.receipt(), err
}

func (p *peer) Get(ctx context.Context, key []byte, opt node.ReadOptions) (node.Value, error) {
	found, err := ask[Read, Found](ctx, p, "Get", Read{key, opt})
	return found.value(), err
}

func (p *peer) Lookup(ctx context.Context, key []byte) (node.Route, error) {
	route, err := ask[[]byte, JSON[node.Route]](ctx, p, "Lookup", key)
	return route.Value, err
}

func (p *peer) Keys(ctx context.Context, prefix []byte, cursor string, limit int) (node.Page, error) {
	return ask[Listing, node.Page](ctx, p, "Keys", Listing{prefix, cursor, limit})
}

func (p *peer) LimitRepair(limit node.RepairLimit) error {
	ctx, cancel := context.WithTimeout(context.Background(), look)
	defer cancel()
	_, err := ask[JSON[node.RepairLimit], None](ctx, p, "LimitRepair", JSON[node.RepairLimit]{limit})
	return err
}

func (p *peer) Leave(ctx context.Context) error {
	_, err := ask[None, None](ctx, p, "Leave", false)
	return err
}

// Kill is no error if the process has ended before.
func (p *peer) Kill(hang bool) error {
	_, err := ask[bool, None](context.Background(), p, "Kill", hang)
	if errors.Is(err, errEnded) {
		return nil
	}
	return err
}

// Crash is no error if the process has ended before.
func (p *peer) Crash() error {
	_, err := ask[None, None](context.Background(), p, "Crash", false)
	if errors.Is(err, errEnded) {
		return nil
	}
	return err
}

func (p *peer) Pause() error  { return p.quick("Pause") }
func (p *peer) Resume() error { return p.quick("Resume") }

func (p *peer) quick(method string) error {
	ctx, cancel := context.WithTimeout(context.Background(), look)
	defer cancel()
	_, err := ask[None, None](ctx, p, method, false)
	return err
}

// ask calls a method of a peer. When ctx ends it does not wait for the answer.
func ask[A, R any](ctx context.Context, p *peer, method string, args A) (R, error) {
	until, _ := ctx.Deadline()
	a, err := call[Answer[R]](ctx, p.run, method, Call[A]{p.Self().Peer, until, args})
	if err == nil {
		err = a.Fault.err()
	}
	return a.Value, err
}
