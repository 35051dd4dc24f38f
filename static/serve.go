package static

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

const (
	headerWithin = 10 * time.Second
	idleFor      = 2 * time.Minute
	finishWithin = 20 * time.Second
	maxHeaders   = 64 << 10
)

// Serve answers until the context ends, and then finishes what it has begun.
func Serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: headerWithin, IdleTimeout: idleFor, MaxHeaderBytes: maxHeaders,
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishWithin)
	defer cancel()
	err := server.Shutdown(within)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close()
	}
	return err
}
