//go:build !race

package store

import "testing"

func compactionsFail(*testing.T) {}
