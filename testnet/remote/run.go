package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/rpc"
	"os/exec"
	"time"

	"peal/node"
)

// look bounds how long an answer is waited for that takes no time, from a process that
// may have been stopped.
const look = 5 * time.Second

// openTime bounds how long a process may take to begin.
const openTime = time.Minute

// errEnded: the process of a peer is no more.
var errEnded = fmt.Errorf("%w: its process has ended", node.ErrClosed)

// A run is a process from its start to its end.
type run struct {
	cmd    *exec.Cmd
	client *rpc.Client
	ended  chan struct{} // closed at its end
}

// pipes are the parent's end of the pipes to a child.
type pipes struct {
	io.Reader
	io.WriteCloser // closing it is how the child learns that it should end
}

// launch starts a process and has it open its host.
func launch(cmd *exec.Cmd, settings []byte) (*run, error) {
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	r := &run{cmd, rpc.NewClient(pipes{out, in}), make(chan struct{})}
	ctx, cancel := context.WithTimeout(context.Background(), openTime)
	defer cancel()
	opened, err := call[Answer[None]](ctx, r, "Open", settings)
	if err == nil {
		err = opened.Fault.err()
	}
	if err != nil {
		_ = cmd.Process.Kill()
		_ = r.wait()
		return nil, err
	}
	return r, nil
}

// wait waits for the end of the process, and says how it ended.
func (r *run) wait() error {
	r.client.Close()
	return r.cmd.Wait()
}

func (r *run) begin(method string, args, reply any) *rpc.Call {
	return r.client.Go(serviceName+"."+method, args, reply, make(chan *rpc.Call, 1))
}

// call calls a method of the host. When ctx ends it does not wait for the answer.
func call[R any](ctx context.Context, r *run, method string, args any) (R, error) {
	var none R
	if ctx.Err() != nil {
		return none, ctx.Err()
	}
	reply := new(R)
	select {
	case done := <-r.begin(method, args, reply).Done:
		if done.Error != nil {
			return none, ended(done.Error)
		}
		return *reply, nil
	case <-ctx.Done():
		return none, ctx.Err()
	}
}

// quick calls a method that takes no time.
func quick[R any](r *run, method string, args any) (R, error) {
	ctx, cancel := context.WithTimeout(context.Background(), look)
	defer cancel()
	return call[R](ctx, r, method, args)
}

// ended takes an error that does not come from the other side for the end of that.
func ended(err error) error {
	var theirs rpc.ServerError
	if errors.As(err, &theirs) {
		return err
	}
	return errEnded
}
