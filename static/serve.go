package static

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

const (
	finishWithin = 20 * time.Second
	maxHeaders   = 64 << 10
)

// patience is how long a visitor may take. On a port of 127.0.0.1, visitors are
// all users of the host.
type patience struct {
	header, body, answer, idle time.Duration
	slowest                    int64 // bytes of an answer that a visitor takes in a second
}

var usual = patience{header: 10 * time.Second, body: 20 * time.Second, answer: time.Minute, idle: 2 * time.Minute, slowest: 8 << 10}

// forAnswer gives a large file the time that a slow line takes.
func (p patience) forAnswer(w http.ResponseWriter, size int64) {
	within := p.answer + time.Duration(size/p.slowest)*time.Second
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(within)) // the server's own holds where there is none
}

// Serve answers until the context ends, and then finishes what it has begun.
func (f *Folder) Serve(ctx context.Context, listener net.Listener) error {
	return serve(ctx, listener, f, f.patience)
}

func serve(ctx context.Context, listener net.Listener, handler http.Handler, p patience) error {
	server := &http.Server{
		Handler: handler, MaxHeaderBytes: maxHeaders,
		ReadHeaderTimeout: p.header, ReadTimeout: p.body, WriteTimeout: p.answer, IdleTimeout: p.idle,
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
