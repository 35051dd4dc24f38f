package load

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
)

// hangUp answers the first request of each connection, and reads the second
// one and closes. It counts the requests.
func hangUp(t *testing.T) (address string, seen *atomic.Int64) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	seen = &atomic.Int64{}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				reader := bufio.NewReader(conn)
				for i := range 2 {
					request, err := http.ReadRequest(reader)
					if err != nil {
						return
					}
					_, _ = io.Copy(io.Discard, request.Body)
					seen.Add(1)
					if i == 0 {
						_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
					}
				}
			}()
		}
	}()
	return "http://" + listener.Addr().String() + "/", seen
}

// Every second request is lost. A plain client would not notice.
func TestLostRequestsAreSeen(t *testing.T) {
	address, seen := hangUp(t)
	for range 20 {
		response, err := http.Get(address)
		if err != nil {
			t.Fatalf("net/http no longer sends requests again, and this package need not care: %v", err)
		}
		_, _ = io.Copy(io.Discard, response.Body)
		response.Body.Close()
	}
	if seen.Load() <= 20 {
		t.Fatalf("the server saw %d", seen.Load())
	}
	for _, method := range []string{"", "GET", "HEAD", "POST"} {
		seen.Store(0)
		// With more workers it would depend on who sends how many: a worker's
		// last request is not lost when it is the first of a connection.
		r := run(t, Options{URL: address, Method: method, KeepAlive: true, Requests: 40, Workers: 1})
		if r.Requests != 40 || r.Failures != 20 || seen.Load() != 40 {
			t.Errorf("%s: the server saw %d of %v", method, seen.Load(), r)
		}
	}
	if r := run(t, Options{URL: address, Requests: 40, Workers: 2}); r.Failures != 0 {
		t.Errorf("one request on each connection: %v", r)
	}
}
