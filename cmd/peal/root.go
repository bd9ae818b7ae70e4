package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// A cli is one run of the program: its console and its global flags.
type cli struct {
	console
	output  string        // text or json
	api     string        // URL of the HTTP API
	via     string        // the peer at which requests enter
	timeout time.Duration // of one request; 0 for the verb's own
	pause   time.Duration // between two attempts, at first
}

func newCLI(con console) *cli { return &cli{console: con, pause: 200 * time.Millisecond} }

// run runs one command line and gives the exit code.
func (c *cli) run(ctx context.Context, args []string) int {
	root := c.root()
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if err != nil {
		c.complain(cmd, args, err)
	}
	return exitCode(err)
}

const rootText = `Peal keeps keys on a ring of peers: a Chord distributed hash table that you run.

  peal testnet              runs a ring of 100 peers on this machine
  peal start                runs one peer; it finds others on the LAN, or by --join
  peal put KEY VALUE        stores a value on the ring, peal get KEY reads it

Verbs that ask a running peer or testnet talk to its API, at http://127.0.0.1:7600
or at the URL of --api. Others, such as start, sim and check-store, have no --api.
Every flag can be set in the environment too: --some-flag is PEAL_SOME_FLAG.`

func (c *cli) root() *cobra.Command {
	root := &cobra.Command{
		Use:               "peal",
		Short:             "A distributed hash table that you run",
		Long:              rootText,
		Version:           thisBuild().String(),
		Args:              noSuchVerb,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: c.prepare,
		SilenceUsage:      true,
		SilenceErrors:     true,

		SuggestionsMinimumDistance: 2,
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetIn(c.in)
	root.SetOut(c.out)
	root.SetErr(c.err)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return fail(codeUsage, "%s", flagText(err)) })
	root.PersistentFlags().StringVarP(&c.output, "output", "o", "text", "`FORMAT` of what is printed: text or json")

	addGroup(root, "Keys:", c.putVerb(), c.getVerb(), c.delVerb(), c.touchVerb(), c.keysVerb(), c.importVerb(), c.exportVerb(), c.backupVerb(), c.restoreVerb())
	addGroup(root, "The ring:", c.ringVerb(), c.lookupVerb(), c.statusVerb(), c.repairVerb())
	addGroup(root, "Peers:", c.startVerb(), c.leaveVerb(), c.checkStoreVerb(), c.testnetVerb(), c.benchVerb(), c.simVerb(), c.replayVerb())
	root.AddCommand(c.versionVerb())
	fitHelp(root, c.width)
	return root
}

func addGroup(root *cobra.Command, title string, verbs ...*cobra.Command) {
	root.AddGroup(&cobra.Group{ID: title, Title: title})
	for _, verb := range verbs {
		verb.GroupID = title
		root.AddCommand(verb)
	}
}

// prepare completes the flags from the environment, before any verb runs.
func (c *cli) prepare(cmd *cobra.Command, _ []string) error {
	var wrong error
	cmd.Flags().VisitAll(func(flag *pflag.Flag) {
		name := "PEAL_" + strings.ToUpper(strings.ReplaceAll(flag.Name, "-", "_"))
		value, set := c.lookupEnv(name)
		if flag.Changed || !set || flag.Name == "help" || flag.Name == "version" {
			return
		}
		if value == "" && flag.Value.Type() != "stringSlice" {
			return // as if it were not set; an empty list is refused below
		}
		if err := cmd.Flags().Set(flag.Name, value); err != nil {
			wrong = fail(codeUsage, "%s in the environment: %s", name, flagText(err))
		}
	})
	if wrong != nil {
		return wrong
	}
	return c.checkCommon(cmd.Flags())
}

// names are flags that name something.
var names = []string{"data", "via", "record", "profile", "svg"}

// checkCommon refuses what no verb can use: a list, or a name, that was given with nothing
// in it would be ignored in silence.
func (c *cli) checkCommon(flags *pflag.FlagSet) error {
	var wrong error
	flags.VisitAll(func(flag *pflag.Flag) {
		list, ok := flag.Value.(pflag.SliceValue)
		empty := ok && len(list.GetSlice()) == 0 || slices.Contains(names, flag.Name) && flag.Value.String() == ""
		if flag.Changed && empty {
			wrong = fail(codeUsage, "--%s is empty: name something, or leave it out", flag.Name)
		}
	})
	timeout, _ := flags.GetDuration("timeout")
	switch {
	case wrong != nil:
		return wrong
	case flags.Changed("timeout") && timeout <= 0:
		return fail(codeUsage, "--timeout %v: want more than 0", timeout)
	case c.output != "text" && c.output != "json":
		return fail(codeUsage, "output %q: text or json is possible", c.output)
	}
	return nil
}

// complain prints an error: one line of text, or one JSON object.
func (c *cli) complain(cmd *cobra.Command, args []string, err error) {
	if c.wantsJSON(cmd, args) {
		fmt.Fprintf(c.err, "%s\n", jsonOf(err))
		return
	}
	hint := ""
	if codeOf(err) == codeUsage {
		hint = fmt.Sprintf("; see '%s --help'", cmd.CommandPath())
	}
	fmt.Fprintf(c.err, "%s: %v%s\n", cmd.CommandPath(), err, hint)
}

// wantsJSON looks at the raw arguments and the environment too: a wrong flag
// stops the parser before it reaches an --output behind it.
func (c *cli) wantsJSON(cmd *cobra.Command, args []string) bool {
	if cmd.Flag("output").Changed {
		return c.output == "json"
	}
	line := " " + strings.Join(args, " ") + " "
	for _, form := range []string{" -o json ", " -o=json ", " -ojson ", " --output json ", " --output=json "} {
		if strings.Contains(line, form) {
			return true
		}
	}
	return c.getenv("PEAL_OUTPUT") == "json"
}

// noSuchVerb is the argument check of a command that only has subcommands.
func noSuchVerb(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := ""
	if like := cmd.SuggestionsFor(args[0]); len(like) > 0 {
		hint = fmt.Sprintf(" (did you mean %q?)", like[0])
	}
	return fail(codeUsage, "unknown command %q%s", args[0], hint)
}

// wants checks the number of arguments, and names what is missing.
func wants(least int, names ...string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return fail(codeUsage, "%s is missing", names[len(args)])
		case len(args) > len(names):
			return fail(codeUsage, "unexpected argument %q", args[len(names)])
		}
		return nil
	}
}

// apiFlags are those of a verb that talks to the API, given once it has its own. They may
// stand before it too: peal --api URL status.
func (c *cli) apiFlags(flags *pflag.FlagSet) {
	flags.StringVar(&c.api, "api", "http://127.0.0.1:7600", "`URL` of the HTTP API of the peer or testnet to talk to")
	if flags.Lookup("timeout") != nil {
		return // the verb has its own
	}
	flags.DurationVar(&c.timeout, "timeout", 0, "how long a request may take (default: 30s, more for slow verbs)")
}

// ofRing marks a verb that is about the ring as a whole, wherever the API enters it.
func (c *cli) ofRing(cmd *cobra.Command) *cobra.Command {
	c.apiFlags(cmd.Flags())
	return cmd
}

// isClient marks a verb that enters the ring through the API.
func (c *cli) isClient(cmd *cobra.Command) *cobra.Command {
	c.apiFlags(cmd.Flags())
	cmd.Flags().StringVar(&c.via, "via", "", "enter the ring at this `PEER`: its ID, or the first digits of its position")
	return cmd
}
