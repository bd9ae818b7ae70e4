package transport

import (
	"log/slog"
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	LogLibp2p(slog.DiscardHandler)
	os.Exit(m.Run())
}
