package testnet

import (
	"context"
	"log/slog"
)

// A quiet handler logs nothing of a peer once it was given up, or while it is started
// again: that it cannot reach some of the others is then no news.
type quiet struct {
	slog.Handler
	givenUp func() bool
}

func (q quiet) Enabled(ctx context.Context, level slog.Level) bool {
	return !q.givenUp() && q.Handler.Enabled(ctx, level)
}

func (q quiet) WithAttrs(attrs []slog.Attr) slog.Handler {
	return quiet{q.Handler.WithAttrs(attrs), q.givenUp}
}

func (q quiet) WithGroup(name string) slog.Handler {
	return quiet{q.Handler.WithGroup(name), q.givenUp}
}
