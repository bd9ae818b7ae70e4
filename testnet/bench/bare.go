package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	"golang.org/x/sync/errgroup"

	"peal/testnet"
)

const (
	bareProtocol protocol.ID = "/peal-bench/1"

	bareHosts = 50  // at most
	barePairs = 400 // of them that talk, at most
	atOnce    = 2   // pairs that connect at the same time: a handshake that waits for a processor times out
)

// A bareNet is libp2p hosts with the settings of peers that do nothing but answer a
// request with as many bytes. A request is made by a pair of them at random.
type bareNet struct {
	hosts []host.Host
	pairs []*barePair
}

// openBare makes hosts, and pairs that are connected and have streams.
func openBare(ctx context.Context, transport string, hosts int, value []byte) (*bareNet, error) {
	b := &bareNet{}
	for range min(max(hosts, 2), bareHosts) {
		h, err := testnet.BareHost(transport)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("start a bare host: %w", err), b.Close())
		}
		h.SetStreamHandler(bareProtocol, func(s network.Stream) { answer(s, len(value)) })
		b.hosts = append(b.hosts, h)
	}
	n := len(b.hosts)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for _, at := range rand.Perm(n * (n - 1))[:min(n*(n-1), barePairs)] {
		from, to := at/(n-1), at%(n-1)
		if to >= from {
			to++
		}
		p := &barePair{from: b.hosts[from], to: b.hosts[to].ID(), value: value}
		b.pairs = append(b.pairs, p)
		group.Go(func() error { return p.open(ctx, b.hosts[to]) })
	}
	if err := group.Wait(); err != nil {
		return nil, errors.Join(fmt.Errorf("connect bare hosts: %w", err), b.Close())
	}
	return b, nil
}

func (b *bareNet) any() *barePair { return b.pairs[rand.IntN(len(b.pairs))] }

// fresh makes a request on a stream of its own.
func (b *bareNet) fresh(ctx context.Context, _ string) (int, error) { return 1, b.any().fresh(ctx) }

// kept makes a request on a stream that stays open, when no other is under way on it.
func (b *bareNet) kept(context.Context, string) (int, error) { return 1, b.any().request() }

// shared makes a request on a stream that stays open, beside others.
func (b *bareNet) shared(context.Context, string) (int, error) { return 1, b.any().shared.request() }

// Close closes the hosts, and with them all streams.
func (b *bareNet) Close() error {
	var errs []error
	for _, h := range b.hosts {
		errs = append(errs, h.Close())
	}
	for _, p := range b.pairs {
		if p.shared != nil {
			close(p.shared.waiting)
		}
	}
	return errors.Join(errs...)
}

// answer is the other end of a stream.
func answer(s network.Stream, size int) {
	defer s.Close()
	in, buf := bufio.NewReader(s), make([]byte, size)
	for {
		if _, err := io.ReadFull(in, buf); err != nil {
			return
		}
		if _, err := s.Write(buf); err != nil {
			return
		}
	}
}

// A barePair is two hosts, one of which asks the other.
type barePair struct {
	from  host.Host
	to    peer.ID
	value []byte

	mu     sync.Mutex // held during a request
	stream network.Stream
	in     *bufio.Reader
	buf    []byte

	shared *sharedStream
}

// open connects the pair. It uses both streams at once, as libp2p agrees on a protocol
// with the first bytes only, and gives up one on which none come.
func (p *barePair) open(ctx context.Context, to host.Host) error {
	if err := p.from.Connect(ctx, peer.AddrInfo{ID: p.to, Addrs: to.Addrs()}); err != nil {
		return err
	}
	var err error
	if p.stream, err = p.from.NewStream(ctx, p.to, bareProtocol); err != nil {
		return err
	}
	p.in, p.buf = bufio.NewReader(p.stream), make([]byte, len(p.value))
	s, err := p.from.NewStream(ctx, p.to, bareProtocol)
	if err != nil {
		return err
	}
	p.shared = &sharedStream{stream: s, value: p.value, waiting: make(chan chan error, 256)}
	go p.shared.read()
	return errors.Join(p.request(), p.shared.request())
}

func (p *barePair) request() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, err := p.stream.Write(p.value); err != nil {
		return err
	}
	_, err := io.ReadFull(p.in, p.buf)
	return err
}

func (p *barePair) fresh(ctx context.Context) error {
	s, err := p.from.NewStream(ctx, p.to, bareProtocol)
	if err != nil {
		return err
	}
	defer s.Close()
	if _, err := s.Write(p.value); err != nil {
		return err
	}
	_, err = io.ReadFull(s, make([]byte, len(p.value)))
	return err
}

// A sharedStream has many requests under way. Their answers come in the same order.
type sharedStream struct {
	stream  network.Stream
	value   []byte
	mu      sync.Mutex      // held while a request is written
	waiting chan chan error // for their answers
}

func (s *sharedStream) request() error {
	done := make(chan error, 1)
	s.mu.Lock()
	s.waiting <- done
	_, err := s.stream.Write(s.value)
	s.mu.Unlock()
	if err != nil {
		return err
	}
	return <-done
}

func (s *sharedStream) read() {
	in, buf := bufio.NewReader(s.stream), make([]byte, len(s.value))
	for done := range s.waiting {
		_, err := io.ReadFull(in, buf)
		done <- err
	}
}
