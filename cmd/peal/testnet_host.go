package main

import (
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"peal/testnet"
)

// hostCommand is how 'peal testnet' runs a process for some of its peers.
func (c *cli) hostCommand(logLevel string) func() *exec.Cmd {
	return func() *exec.Cmd {
		self, err := os.Executable()
		if err != nil {
			self = os.Args[0]
		}
		cmd := exec.Command(self, "testnet", "host", "--log-level", logLevel)
		cmd.Stderr = c.err
		return cmd
	}
}

// testnetHostVerb is for hostCommand alone. Such a process ends when its parent has: a
// Ctrl-C, which a terminal sends to both, is up to the parent, and where that has gone
// there is nobody to write to.
func (c *cli) testnetHostVerb() *cobra.Command {
	var logLevel string
	cmd := &cobra.Command{
		Use:    "host",
		Short:  "Run peers for another process",
		Hidden: true,
		Args:   wants(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			log, err := c.logger(logLevel)
			if err != nil {
				return err
			}
			signal.Ignore(os.Interrupt, syscall.SIGPIPE)
			return testnet.Serve(cmd.Context(), c.in, c.out, log)
		},
	}
	cmd.Flags().StringVar(&logLevel, "log-level", "warn", "least `LEVEL` to log")
	return cmd
}
