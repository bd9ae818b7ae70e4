package remote

import (
	"context"
	"errors"
	"io"
	"net/rpc"
	"sync"

	"peal/chord"
	"peal/node"
	"peal/transport"
)

// serviceName is under which net/rpc finds the methods of a service.
const serviceName = "Host"

// Serve makes this process a host for its parent, which is at the other end of in and
// out, until that has gone or ctx ends. Then all peers are closed. Open makes the host as
// the configuration of the parent says; observe is for the events of its peers.
func Serve(ctx context.Context, in io.Reader, out io.Writer, open func(config []byte, observe func(node.Event)) (Host, error)) error {
	s := &service{open: open, tap: newTap(), peers: map[chord.PeerID]Peer{}}
	server := rpc.NewServer()
	if err := server.RegisterName(serviceName, s); err != nil {
		return err
	}
	line := &lifeline{Reader: in, Writer: out, cut: make(chan struct{})}
	go server.ServeConn(line)
	select {
	case <-line.cut:
	case <-ctx.Done():
	}
	return s.close()
}

// A lifeline is the child's end of the pipes. That the parent has gone shows at once,
// whatever calls are under way.
type lifeline struct {
	io.Reader
	io.Writer
	once sync.Once
	cut  chan struct{}
}

func (l *lifeline) Read(p []byte) (int, error) {
	n, err := l.Reader.Read(p)
	if err != nil {
		l.once.Do(func() { close(l.cut) })
	}
	return n, err
}

// Close leaves the pipes to the end of the process.
func (l *lifeline) Close() error { return nil }

// A service answers the calls of the parent. Its exported methods are those that net/rpc
// calls.
type service struct {
	open func(config []byte, observe func(node.Event)) (Host, error)
	tap  *tap

	mu     sync.Mutex
	host   Host
	peers  map[chord.PeerID]Peer // that were started, and have not been killed since
	closed bool
}

// Open comes first.
func (s *service) Open(config []byte, a *Answer[None]) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.host != nil || s.closed {
		return errors.New("open twice, or too late")
	}
	host, err := s.open(config, s.tap.add)
	s.host, a.Fault = host, faultOf(err)
	return nil
}

func (s *service) at() Host {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.host
}

func (s *service) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed = true; s.host == nil {
		return nil
	}
	return s.host.Close()
}

// Events waits until there are some.
func (s *service) Events(_ None, b *Batch) error {
	*b = s.tap.fetch()
	return nil
}

func (s *service) Start(c Call[Birth], a *Answer[Greeting]) error {
	ctx, cancel := c.context()
	defer cancel()
	p, err := s.at().Start(ctx, c.Args.Number, c.Args.Ways)
	if a.Fault = faultOf(err); err != nil {
		return nil
	}
	a.Value = Greeting{p.Self(), p.Addresses()}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.peers[a.Value.Self.Peer] = p
	return nil
}

func (s *service) Part(parts map[chord.PeerID]int, _ *None) error {
	s.at().Part(parts)
	return nil
}

func (s *service) Impair(i Impairment, _ *None) error {
	s.at().Impair(i)
	return nil
}

func (s *service) Stats(_ None, stats *transport.Stats) error {
	*stats = s.at().Stats()
	return nil
}

func (s *service) Memory(_ None, bytes *int64) error {
	*bytes = s.at().Memory()
	return nil
}

func (s *service) Rest(_ None, _ *None) error {
	s.at().Rest()
	return nil
}

func (s *service) Kill(c Call[bool], a *Answer[None]) error {
	return end(s, c, a, func(_ context.Context, p Peer) error { return p.Kill(c.Args) })
}

func (s *service) Crash(c Call[None], a *Answer[None]) error {
	return end(s, c, a, func(_ context.Context, p Peer) error { return p.Crash() })
}

func (s *service) Pause(c Call[None], a *Answer[None]) error {
	return answer(s, c, a, func(_ context.Context, p Peer) (None, error) { return false, p.Pause() })
}

func (s *service) Resume(c Call[None], a *Answer[None]) error {
	return answer(s, c, a, func(_ context.Context, p Peer) (None, error) { return false, p.Resume() })
}

func (s *service) Leave(c Call[None], a *Answer[None]) error {
	return end(s, c, a, func(ctx context.Context, p Peer) error { return p.Leave(ctx) })
}

func (s *service) Info(c Call[None], a *Answer[JSON[node.Info]]) error {
	return answer(s, c, a, func(_ context.Context, p Peer) (JSON[node.Info], error) {
		return JSON[node.Info]{p.Info()}, nil
	})
}

func (s *service) Put(c Call[Write], a *Answer[Promise]) error {
	return answer(s, c, a, func(ctx context.Context, p Peer) (Promise, error) {
		receipt, err := p.Put(ctx, c.Args.Key, c.Args.Value, c.Args.Options)
		return promiseOf(receipt), err
	})
}

func (s *service) Touch(c Call[Write], a *Answer[Promise]) error {
	return answer(s, c, a, func(ctx context.Context, p Peer) (Promise, error) {
		receipt, err := p.Touch(ctx, c.Args.Key, c.Args.Options)
		return promiseOf(receipt), err
	})
}

func (s *service) Delete(c Call[Write], a *Answer[Promise]) error {
	return answer(s, c, a, func(ctx context.Context, p Peer) (Promise, error) {
		receipt, err := p.Delete(ctx, c.Args.Key, c.Args.Options)
		return promiseOf(receipt), err
	})
}

func (s *service) Get(c Call[Read], a *Answer[Found]) error {
	return answer(s, c, a, func(ctx context.Context, p Peer) (Found, error) {
		value, err := p.Get(ctx, c.Args.Key, c.Args.Options)
		return foundOf(value), err
	})
}

func (s *service) Lookup(c Call[[]byte], a *Answer[JSON[node.Route]]) error {
	return answer(s, c, a, func(ctx context.Context, p Peer) (JSON[node.Route], error) {
		route, err := p.Lookup(ctx, c.Args)
		return JSON[node.Route]{route}, err
	})
}

func (s *service) Keys(c Call[Listing], a *Answer[node.Page]) error {
	return answer(s, c, a, func(ctx context.Context, p Peer) (node.Page, error) {
		return p.Keys(ctx, c.Args.Prefix, c.Args.Cursor, c.Args.Limit)
	})
}

func (s *service) LimitRepair(c Call[JSON[node.RepairLimit]], a *Answer[None]) error {
	return answer(s, c, a, func(_ context.Context, p Peer) (None, error) { return false, p.LimitRepair(c.Args.Value) })
}

// answer lets the peer that a call is for do something.
func answer[A, R any](s *service, c Call[A], a *Answer[R], do func(context.Context, Peer) (R, error)) error {
	s.mu.Lock()
	p, ok := s.peers[c.Peer]
	s.mu.Unlock()
	if !ok {
		a.Fault = faultOf(node.ErrClosed)
		return nil
	}
	ctx, cancel := c.context()
	defer cancel()
	value, err := do(ctx, p)
	a.Value, a.Fault = value, faultOf(err)
	return nil
}

// end forgets the peer that a call ends.
func end[A any](s *service, c Call[A], a *Answer[None], do func(context.Context, Peer) error) error {
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.peers, c.Peer)
	}()
	return answer(s, c, a, func(ctx context.Context, p Peer) (None, error) { return false, do(ctx, p) })
}

func (c Call[A]) context() (context.Context, context.CancelFunc) {
	if c.Until.IsZero() {
		return context.WithCancel(context.Background())
	}
	return context.WithDeadline(context.Background(), c.Until)
}
