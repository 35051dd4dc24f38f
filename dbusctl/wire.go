package dbusctl

import (
	"bufio"
	"net"
	"sync"
)

// wire is a socket whose writes can be held back and sent as one. Then the
// manager has all calls of a batch before it answers the first: by its own
// priorities it queues all of their jobs before it begins one.
type wire struct {
	net.Conn
	in *bufio.Reader

	mu    sync.Mutex
	holds int
	held  []byte
}

func newWire(conn net.Conn) *wire {
	return &wire{Conn: conn, in: bufio.NewReader(conn)}
}

func (w *wire) Read(p []byte) (int, error) { return w.in.Read(p) }

func (w *wire) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.holds == 0 {
		return w.Conn.Write(p)
	}
	w.held = append(w.held, p...)
	return len(p), nil
}

// hold keeps what is written from now on. Nobody may wait for an answer
// before release.
func (w *wire) hold() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.holds++
}

// release sends what is held, if nobody else holds it.
func (w *wire) release() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.holds--
	if w.holds > 0 || len(w.held) == 0 {
		return nil
	}
	_, err := w.Conn.Write(w.held)
	w.held = w.held[:0]
	return err
}
