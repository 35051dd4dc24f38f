//go:build machine

package attack

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"ecounit/test/machine"
)

// server is an Apache in the machine, by the port on which it speaks https.
type server struct {
	host *machineHost
	port int
}

// answer is what a visitor got.
type answer struct {
	server server
	target string
	status int
	header http.Header
	body   string
}

func (s server) origin() string {
	if s.port == 443 {
		return "https://" + machine.HostName
	}
	return fmt.Sprintf("https://%s:%d", machine.HostName, s.port)
}

func (s server) dial() net.Conn {
	s.host.t.Helper()
	conn, err := s.dialContext(s.host.t.Context())
	s.host.must(err)
	return conn
}

func (s server) dialContext(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	raw, err := s.host.DialContext(ctx, "tcp", fmt.Sprintf("%s:%d", machine.HostName, s.port))
	if err != nil {
		return nil, err
	}
	conn := tls.Client(raw, &tls.Config{InsecureSkipVerify: true})
	if err := conn.HandshakeContext(ctx); err != nil {
		raw.Close()
		return nil, err
	}
	return conn, conn.SetDeadline(time.Now().Add(20 * time.Second))
}

// send writes a request as it is, byte for byte, and reads one answer.
func (s server) send(request string) (answer, error) {
	conn, err := s.dialContext(s.host.t.Context())
	if err != nil {
		return answer{}, err
	}
	defer conn.Close()
	return s.exchange(conn, request)
}

// exchange does so on a connection that stays open. What follows a switch of
// protocols is left unread.
func (s server) exchange(conn net.Conn, request string) (answer, error) {
	if _, err := io.WriteString(conn, request); err != nil {
		return answer{}, err
	}
	method, rest, _ := strings.Cut(request, " ")
	target, _, _ := strings.Cut(rest, " ")
	response, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		return answer{}, err
	}
	if response.StatusCode == http.StatusSwitchingProtocols {
		return answer{s, target, response.StatusCode, response.Header, ""}, nil
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return answer{s, target, response.StatusCode, response.Header, string(body)}, err
}

// get asks for a target exactly as it is written. Headers are "Name: value" in
// the given spelling.
func (s server) get(target string, headers ...string) answer {
	s.host.t.Helper()
	return s.ask("GET", target, "", headers...)
}

func (s server) ask(method, target, body string, headers ...string) answer {
	s.host.t.Helper()
	lines := append([]string{method + " " + target + " HTTP/1.1", "Host: " + strings.TrimPrefix(s.origin(), "https://")}, headers...)
	if !strings.Contains(strings.Join(headers, "\n"), "Connection:") {
		lines = append(lines, "Connection: close")
	}
	if body != "" {
		lines = append(lines, fmt.Sprintf("Content-Length: %d", len(body)))
	}
	a, err := s.send(strings.Join(lines, "\r\n") + "\r\n\r\n" + body)
	if err != nil {
		s.host.t.Fatalf("%s %s: %v", method, target, err)
	}
	return a
}

func (a answer) String() string {
	return fmt.Sprintf("%s%s answers %d %v\n%.600s", a.server.origin(), a.target, a.status, a.header, a.body)
}

// is expects a status.
func (a answer) is(status int) answer {
	a.server.host.t.Helper()
	if a.status != status {
		a.server.host.t.Errorf("want %d: %s", status, a)
	}
	return a
}

// seen is what a backend was sent, and which one it is.
type seen struct {
	App            string
	UID            int
	Method, Target string
	Headers        [][2]string
	Body           string
}

// seen reads the answer of testdata/backend.py; App is "" when it is of
// somebody else's.
func (a answer) seen() seen {
	var s seen
	_ = json.Unmarshal([]byte(a.body), &s) // then it is not the backend's
	return s
}

// got is the values of a header that reached the backend, in any spelling that
// an app would take for it.
func (s seen) got(name string) []string {
	var values []string
	for _, h := range s.Headers {
		if strings.EqualFold(strings.ReplaceAll(h[0], "_", "-"), name) {
			values = append(values, h[1])
		}
	}
	return values
}

// has reports whether a header of exactly that name reached the backend.
func (s seen) has(name string) bool {
	return slices.ContainsFunc(s.Headers, func(h [2]string) bool { return strings.EqualFold(h[0], name) })
}

// from expects the answer of the backend of that name.
func (a answer) from(app string) seen {
	a.server.host.t.Helper()
	s := a.seen()
	if s.App != app {
		a.server.host.t.Errorf("want the app %q: %s", app, a)
	}
	return s
}
