package apply

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"ecounit/plan"
)

// TestAProbeEndsWithItsContext, also in the pause after an answer of 500.
func TestAProbeEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		m := Machine{Web: &plan.Web{Health: "/"}, Dial: func(context.Context, string, string) (net.Conn, error) {
			near, far := net.Pipe()
			go func() {
				defer far.Close()
				if _, err := http.ReadRequest(bufio.NewReader(far)); err == nil {
					_, _ = io.WriteString(far, "HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n")
				}
			}()
			return near, nil
		}}
		begin := time.Now()
		time.AfterFunc(askAgain/2, cancel)
		if got := m.probe(ctx); got.err == nil {
			t.Errorf("%+v", got)
		}
		if took := time.Since(begin); took != askAgain/2 {
			t.Errorf("it took %s", took)
		}
	})
}
