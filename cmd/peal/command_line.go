package main

import "strings"

// commandLine is the command of some arguments, the first of which is the
// program, as a shell can read it again.
func commandLine(args []string) string {
	words := []string{"peal"}
	for _, arg := range args[1:] {
		if strings.ContainsAny(arg, " \t\n'\"\\$`!*?()[]{}<>|&;#~") || arg == "" {
			arg = "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
		}
		words = append(words, arg)
	}
	return strings.Join(words, " ")
}
