package main

import (
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"peal/node/store"
)

func (c *cli) checkStoreVerb() *cobra.Command {
	return &cobra.Command{
		Use:   "check-store DIR",
		Short: "Check the store of a peer that does not run",
		Long: `Check what a peer has stored in its data directory, the DIR of 'peal start --data DIR':
every record by its checksum, and all of them together, so that a loss shows wherever
it is. Nothing is changed, and the peer must not run.

A damaged store ends with exit code 9. It can still be started with: the peer sets it
aside, salvages what this shows as records, and fetches what is missing from the other
replicas.`,
		Example: "  peal check-store ~/.local/share/peal",
		Args:    wants(1, "DIR"),
		RunE:    func(_ *cobra.Command, args []string) error { return c.checkStore(args[0]) },
	}
}

func (c *cli) checkStore(dir string) error {
	v, err := store.Check(storeIn(dir))
	if err != nil {
		return err
	}
	if c.json() {
		err = c.printJSON(v)
	} else {
		err = printFacts(c.out, c.width, storeFacts(v))
	}
	if err == nil && v.Damage != "" {
		err = fail(codeCheck, "the store is damaged: 'peal start' sets it aside and salvages %s", counted(v.Records, "record"))
	}
	return err
}

// storeIn is where a peer's store is in its data directory.
func storeIn(dir string) string { return filepath.Join(dir, "store") }

func storeFacts(v store.Verdict) [][2]string {
	facts := [][2]string{
		{"store", v.Dir},
		{"schema", strconv.Itoa(v.Schema)},
		{"records", strconv.Itoa(v.Records)},
		{"tombstones", strconv.Itoa(v.Tombstones)},
	}
	switch {
	case v.Damage != "":
		facts = append(facts, [2]string{"state", "damaged: " + v.Damage}, [2]string{"missing", strconv.Itoa(v.Missing) + " or more"})
	case v.Unseen:
		facts = append(facts, [2]string{"state", "sound, but its file WITNESS is missing or damaged: if the last writes were lost, nothing shows it"})
	default:
		facts = append(facts, [2]string{"state", "sound"})
	}
	for _, name := range v.Files {
		facts = append(facts, [2]string{"unreadable", "something in " + name})
	}
	for _, dir := range v.SetAside {
		facts = append(facts, [2]string{"set aside", dir})
	}
	return facts
}
