package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"peal/chord"
	"peal/node/replica"
)

// patience is how long one request waits for its answer by default.
const patience = 30 * time.Second

func (c *cli) putVerb() *cobra.Command {
	return c.isClient(&cobra.Command{
		Use:   "put KEY [VALUE | - | @FILE]",
		Short: "Store a value under a key",
		Long: `Store a value under a key and say on how many peers it is.

The value is the argument itself, or comes from standard input (- or nothing), or
from a file (@FILE). It has at most 1 MiB, the key 1 to 1024 bytes. An empty value
('') is a value. A value that begins with a dash goes behind --.

Three peers hold a key, or all where the ring has fewer. The write counts once two of
them have it on their disks: "on 2 replicas, 1 more follows" means that the third was
not as quick, and has it as soon as it can.`,
		Example: "  peal put greeting 'hello, ring'\n  peal put page @index.html\n  date | peal put now",
		Args:    wants(1, "KEY", "VALUE"),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.put(cmd.Context(), args) },
	})
}

func (c *cli) put(ctx context.Context, args []string) error {
	if err := checkKey(args[0]); err != nil {
		return err
	}
	value, err := c.valueOf(args[1:])
	if err != nil {
		return err
	}
	return c.write(ctx, http.MethodPut, args[0], value)
}

// A receipt is what the API answers to a write.
type receipt struct {
	Version  string          `json:"version"`
	Replicas []chord.Contact `json:"replicas"`
	Wanted   int             `json:"wanted"`
	Hops     int             `json:"hops"`
	Millis   float64         `json:"ms"`
}

// write puts or deletes a key, and prints the receipt.
func (c *cli) write(ctx context.Context, method, key string, value []byte) error {
	api, err := c.client(patience)
	if err != nil {
		return err
	}
	got, err := api.do(ctx, request{method: method, path: "/v1/kv/" + escapeKey(key), body: value})
	if err != nil {
		return err
	}
	if c.json() {
		return c.passJSON(got.body)
	}
	var r receipt
	if err := api.decode(got, &r); err != nil {
		return err
	}
	done := "stored"
	if method == http.MethodDelete {
		done = "deleted"
	}
	return c.printf("%s %s on %s; version %s, %s, %.1f ms\n", done, show(key),
		r.where(), r.Version, counted(r.Hops, "hop"), r.Millis)
}

// where tells how many replicas have the write. That one follows is no sign of
// trouble: the answer does not wait for the last.
func (r receipt) where() string {
	has := len(r.Replicas)
	text := fmt.Sprintf("all %d replicas", has)
	switch {
	case has < r.Wanted:
		text = counted(has, "replica") + ", 1 more follows"
		if more := r.Wanted - has; more > 1 {
			text = fmt.Sprintf("%s, %d more follow", counted(has, "replica"), more)
		}
	case has == 1:
		text = "the only replica"
	}
	if r.Wanted < replica.DefaultN {
		text += fmt.Sprintf(", as the ring has %s", counted(r.Wanted, "peer"))
	}
	return text
}

// valueOf reads the value that the arguments behind the key name.
func (c *cli) valueOf(args []string) ([]byte, error) {
	switch {
	case len(args) == 0 && c.inTerminal:
		return nil, fail(codeUsage, "VALUE is missing: give it, or - and type it, or @FILE")
	case len(args) == 0 || args[0] == "-":
		return readValue(c.in, "standard input")
	case strings.HasPrefix(args[0], "@"):
		return readFile(args[0][1:])
	}
	return []byte(args[0]), checkSize(int64(len(args[0])))
}

func readFile(name string) ([]byte, error) {
	if name == "" {
		return nil, fail(codeUsage, "the name of the file behind @ is missing")
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, fail(codeUsage, "%s is a directory: 'peal import' stores all files of one", show(name))
	}
	if err := checkSize(info.Size()); err != nil {
		return nil, fmt.Errorf("%s: %w", show(name), err)
	}
	return readValue(f, show(name))
}

// readValue reads all of a value, and no more of a stream that is too long than
// shows it.
func readValue(r io.Reader, name string) ([]byte, error) {
	value, err := io.ReadAll(io.LimitReader(r, replica.MaxValueLen+1))
	if err == nil && len(value) > replica.MaxValueLen {
		err = fail(codeUsage, "the value has more bytes than the %d that are allowed", replica.MaxValueLen)
	}
	var pathError *os.PathError
	if err != nil && !errors.As(err, &pathError) {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return value, err
}
