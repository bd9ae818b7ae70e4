package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"peal/node/replica"
)

// patience is how long one request waits for its answer by default.
const patience = 30 * time.Second

func (c *cli) putVerb() *cobra.Command {
	cmd := c.isClient(&cobra.Command{
		Use:   "put KEY [VALUE | - | @FILE]",
		Short: "Store a value under a key",
		Long: `Store a value under a key and say on how many peers it is.

The value is the argument itself, or comes from standard input (- or nothing),
or from a file (@FILE). It has at most 1 MiB, the key 1 to 1024 bytes. An empty
value ('') is a value. A value that begins with a dash goes behind --.

Three peers hold a key, or all where the ring has fewer. The write counts once
two of them have it on their disks, or as many as --w says; peal status tells if
the ring has other numbers. "on 2 of 3 replicas, owed to 5e6f7a8b" means that
this one was not as quick, and gets it as soon as it can; "(held by 99887766)"
that it did not answer, and that peer keeps the write for it meanwhile.

With --if-absent or --if-version nothing is written, and the exit code is 7, if
the key is not as you say. This guards against what others did before, not at
the same moment: then both may succeed, and the newer version wins.

Exit code 6 says that too few replicas have the write: it may survive or not.
8 says that it is not known whether any has it.`,
		Example: `  peal put greeting 'hello, ring'
  peal put page @index.html
  date | peal put now --ttl 30s
  peal put greeting hi --if-version 1795671234567.0-Fxm1MT`,
		Args: wants(1, "KEY", "VALUE"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.put(cmd, args) },
	})
	writeFlags(cmd.Flags())
	ttlFlag(cmd.Flags())
	cmd.Flags().Bool("if-absent", false, "only if there is no such key")
	return cmd
}

func (c *cli) put(cmd *cobra.Command, args []string) error {
	if err := checkKey(args[0]); err != nil {
		return err
	}
	value, err := c.valueOf(args[1:])
	if err != nil {
		return err
	}
	return c.write(cmd, "stored", args[0], request{method: http.MethodPut, path: "/v1/kv/", body: value})
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
