package main

import (
	"net/http"
	"time"

	"github.com/spf13/cobra"
)

// patience is how long one request waits for its answer by default.
const patience = 30 * time.Second

func (c *cli) putVerb() *cobra.Command {
	cmd := c.isClient(&cobra.Command{
		Use:   "put KEY [VALUE | - | @FILE]",
		Short: "Store a value under a key",
		Long: `Store a value under a key and say on how many peers it is.

The value is the argument itself, or comes from standard input (- or nothing),
or from a file (@FILE). The key has 1 to 1024 bytes, the value at most 32 GiB.
An empty value ('') is a value. A value that begins with a dash goes behind --,
one that begins with @ through standard input.

A value over 1 MiB is stored in blocks all over the ring while it is read, and
is there once the last of them is. If it breaks off, nothing is stored.
--timeout is then how long each MiB may take.

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
	defer value.Close()
	r := request{method: http.MethodPut, path: "/v1/kv/", follower: c.moving("storing", value.large != nil, value.size)}
	return c.write(cmd, "stored", args[0], value.body(r))
}
