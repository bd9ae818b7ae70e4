package explore

// Table lists the rings that are explored as a matter of course: 1 to 4 members
// at the start, up to 4 with those who join, lists of 2 and 3, and of 1 where
// nobody fails. The quick ones take seconds all together, all of them minutes.
// Defaults are filled in.
func Table(quick bool) []Config {
	list := tableOf(quick)
	for i := range list {
		if err := list[i].validate(); err != nil {
			panic(err) // the table is ours
		}
	}
	return list
}

func tableOf(quick bool) []Config {
	list := []Config{
		{Members: 1, Rounds: 3},
		{Members: 1, Joiners: 1, Rounds: 3},
		{Members: 1, Joiners: 1, Rounds: 3, Crashes: 1},
		{Members: 1, Joiners: 1, Rounds: 3, Crashes: 1, Silent: true},
		{Members: 1, Joiners: 1, Rounds: 2, Leaves: 1, Duplicates: 1},
		{Members: 2, Rounds: 4, Crashes: 1},
		{Members: 2, Rounds: 4, Crashes: 1, Losses: 1, Silent: true},
		{Members: 2, Joiners: 1, Successors: 1, Rounds: 2},
		{Members: 2, Joiners: 1, Rounds: 2},
		{Members: 2, Joiners: 1, Rounds: 1, Crashes: 1},
		{Members: 2, Joiners: 1, Successors: 3, Rounds: 1, Crashes: 1},
		{Members: 2, Joiners: 1, Rounds: 1, Crashes: 2, Silent: true},
		{Members: 2, Joiners: 1, Rounds: 1, Leaves: 1},
		{Members: 3, Rounds: 2, Crashes: 1, Cache: true},
		{Members: 3, Rounds: 2, Crashes: 2},
		{Members: 3, Successors: 3, Rounds: 2, Crashes: 2},
		{Members: 3, Joiners: 1, Rounds: 1},
		{Members: 3, Joiners: 1, Successors: 3, Rounds: 1},
		{Members: 3, Joiners: 1, Rounds: 1, Crashes: 1, Silent: true},
		{Members: 3, Joiners: 1, Rounds: 1, Crashes: 1, InOrder: true},
		{Members: 1, Joiners: 2, Rounds: 1, Crashes: 1, InOrder: true},
		{Members: 4, Successors: 1, Rounds: 3},
		{Members: 4, Rounds: 2, Crashes: 1},
		{Members: 4, Rounds: 2, Crashes: 2, Silent: true},
		{Members: 4, Successors: 3, Rounds: 2, Crashes: 2, Silent: true},
		{Members: 1, Joiners: 1, Rounds: 3, Crashes: 1, Reckless: true},
		{Members: 3, Joiners: 1, Rounds: 1, Crashes: 2, Silent: true, InOrder: true, Reckless: true},
	}
	if quick {
		return list
	}
	return append(list,
		Config{Members: 1, Joiners: 2, Rounds: 1, Crashes: 1, Silent: true},
		Config{Members: 1, Joiners: 2, Successors: 3, Rounds: 1, Crashes: 2, Silent: true},
		Config{Members: 2, Joiners: 1, Rounds: 2, Crashes: 1},
		Config{Members: 2, Joiners: 1, Rounds: 3, Crashes: 1, Silent: true, InOrder: true},
		Config{Members: 2, Joiners: 1, Rounds: 1, Crashes: 1, Duplicates: 1},
		Config{Members: 2, Joiners: 1, Rounds: 1, Crashes: 1, Cache: true},
		Config{Members: 2, Joiners: 2, Rounds: 1, InOrder: true},
		Config{Members: 3, Rounds: 3, Crashes: 2},
		Config{Members: 3, Rounds: 2, Crashes: 1, Leaves: 1},
		Config{Members: 3, Joiners: 1, Rounds: 1, Crashes: 1},
		Config{Members: 3, Joiners: 1, Rounds: 2, Crashes: 2, Silent: true, InOrder: true},
		Config{Members: 3, Joiners: 1, Successors: 3, Rounds: 1, Crashes: 2},
		Config{Members: 4, Rounds: 3, Crashes: 1},
		Config{Members: 4, Rounds: 2, Crashes: 3, InOrder: true, Reckless: true},
		Config{Members: 2, Joiners: 1, Rounds: 2, Crashes: 2, InOrder: true, Reckless: true},
		Config{Members: 4, Successors: 3, Rounds: 2, Crashes: 3},
	)
}
