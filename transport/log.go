package transport

import (
	"log/slog"

	"github.com/libp2p/go-libp2p/gologshim"
)

// LogLibp2p sends what libp2p itself logs to h, for the whole process. Without
// it errors go to standard error, among them some that mean nothing, such as
// a listener's when it is closed. It must be called before the first New.
func LogLibp2p(h slog.Handler) { gologshim.SetDefaultHandler(h) }
