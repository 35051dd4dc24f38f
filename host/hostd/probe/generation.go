// Package probe looks from outside, with no rights at all: which configuration
// the web server runs, and who listens on a port. It must not know what is
// published.
package probe

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"syscall"
	"time"

	"ecounit/apache"
)

// gone is how long nobody may listen: a restart of the web server is over
// sooner.
const gone = 5 * time.Second

// inARow is how many answers have to agree: after a reload, processes of the
// old configuration still accept connections for a moment.
const inARow = 10

// Target is where the web server is asked.
type Target struct {
	URL  string // of the server, as in "https://127.0.0.1"
	Host string // the name to ask for; default: that of the URL
}

// Generation waits until the web server answers with a generation, ten times
// in a row and over a new connection each, or until ctx ends.
func Generation(ctx context.Context, target Target, want uint64) error {
	client, request, err := target.prepare(ctx)
	if err != nil {
		return err
	}
	said, listening := "nothing", time.Now()
	for found := 0; found < inARow; {
		got, err := ask(client, request)
		refused := errors.Is(err, syscall.ECONNREFUSED)
		if !refused {
			listening = time.Now()
		}
		switch {
		case ctx.Err() != nil, refused && time.Since(listening) > gone:
			return fmt.Errorf("%s does not answer with the new configuration, but with %s", request.URL, said)
		case err != nil:
			found, said = 0, err.Error()
		case got != strconv.FormatUint(want, 10):
			found, said = 0, "generation "+cmp.Or(got, "none")
		default:
			found++
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(10 * time.Millisecond):
		}
	}
	return nil
}

func (t Target) prepare(ctx context.Context) (*http.Client, *http.Request, error) {
	at, err := url.Parse(t.URL)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot ask the web server: %w", err)
	}
	name := cmp.Or(t.Host, at.Hostname())
	asked := url.URL{Scheme: at.Scheme, Host: t.Host, Path: apache.DownPage}
	if t.Host == "" {
		asked.Host = at.Host
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, asked.String(), nil)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot ask the web server: %w", err)
	}
	request.Header.Set("User-Agent", "ecounit")
	address := dialAddress(at)
	return &http.Client{
		Timeout: 5 * time.Second,
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				var d net.Dialer
				return d.DialContext(ctx, "tcp", address)
			},
			DisableKeepAlives: true,
			// It is this host, and the answer is a number that is compared.
			TLSClientConfig: &tls.Config{InsecureSkipVerify: true, ServerName: name}, //nolint:gosec // see above
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, request, nil
}

// dialAddress is where the web server of this host listens, whatever a name
// resolves to.
func dialAddress(at *url.URL) string {
	host := "127.0.0.1"
	if _, err := netip.ParseAddr(at.Hostname()); err == nil {
		host = at.Hostname()
	}
	port := at.Port()
	switch {
	case port != "":
	case at.Scheme == "https":
		port = "443"
	default:
		port = "80"
	}
	return net.JoinHostPort(host, port)
}

func ask(client *http.Client, request *http.Request) (generation string, err error) {
	answer, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	const most = 64 << 10
	if _, err := io.Copy(io.Discard, io.LimitReader(answer.Body, most)); err != nil {
		return "", err
	}
	return answer.Header.Get(apache.GenerationHeader), nil
}
