package load

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Options say what to send. URL, and Requests or Duration, are needed; with
// both it ends with the first.
type Options struct {
	URL         string
	Method      string // GET
	Header      http.Header
	Body        string
	KeepAlive   bool // several requests on a connection
	InsecureTLS bool // take any certificate

	Workers  int // 1; each has one request under way
	Requests int
	Duration time.Duration
	Timeout  time.Duration // of one request: 30 s

	// Dial connects to another network of this machine, such as a throwaway
	// host's, or to a unix socket.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

const (
	maxRequests = 2_000_000 // of one Run, whatever the options say
	maxWorkers  = 1024
	// afterFailure keeps a server that refuses at once from being counted by
	// how fast it refuses.
	afterFailure = 5 * time.Millisecond
)

// Unix is a Dial that connects to a unix socket, whatever the URL says.
func Unix(path string) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", path)
	}
}

// Run sends requests until there were enough of them, and waits for the last
// answers. When the context ends first, the result has what was answered by
// then, and the error is the context's.
func Run(ctx context.Context, o Options) (Result, error) {
	target, err := o.complete()
	if err != nil {
		return Result{}, fmt.Errorf("cannot send load: %w", err)
	}
	var connections, begun atomic.Int64
	transport := &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			connections.Add(1)
			return o.Dial(ctx, network, address)
		},
		TLSClientConfig:     &tls.Config{InsecureSkipVerify: o.InsecureTLS},
		DisableKeepAlives:   !o.KeepAlive,
		DisableCompression:  true,
		MaxIdleConnsPerHost: o.Workers,
	}
	if o.KeepAlive {
		transport.MaxConnsPerHost = o.Workers // it would open more, in case
	}
	defer transport.CloseIdleConnections()
	begin := time.Now()
	enough := func() bool {
		return ctx.Err() != nil || o.Duration > 0 && time.Since(begin) >= o.Duration || begun.Add(1) > int64(o.Requests)
	}
	tallies := make([]tally, o.Workers)
	var workers sync.WaitGroup
	for i := range tallies {
		workers.Go(func() {
			for !enough() {
				sent := time.Now()
				status, err := o.send(ctx, transport, target)
				if ctx.Err() != nil {
					return // what the caller cut off is neither
				}
				if !tallies[i].add(status, err, time.Since(sent)) {
					pause(ctx, afterFailure)
				}
			}
		})
	}
	workers.Wait()
	result := sum(tallies, time.Since(begin))
	result.Connections = int(connections.Load())
	return result, ctx.Err()
}

// complete fills defaults in and refuses what has no end or leads away.
func (o *Options) complete() (*url.URL, error) {
	target, err := url.Parse(o.URL)
	if err != nil {
		return nil, err
	}
	if target.Scheme != "http" && target.Scheme != "https" {
		return nil, fmt.Errorf("%q is not an http address", o.URL)
	}
	if o.Requests <= 0 && o.Duration <= 0 {
		return nil, errors.New("neither a number of requests nor a duration is given")
	}
	if o.Requests <= 0 {
		o.Requests = maxRequests
	}
	o.Requests = min(o.Requests, maxRequests)
	o.Workers = min(max(o.Workers, 1), maxWorkers)
	if o.Timeout <= 0 {
		o.Timeout = 30 * time.Second
	}
	if o.Dial == nil {
		host := target.Hostname()
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return nil, fmt.Errorf("%s is not an address of this machine", host)
		}
		o.Dial = (&net.Dialer{}).DialContext
	}
	return target, nil
}

// send makes one request and reads the whole answer.
func (o *Options) send(ctx context.Context, via http.RoundTripper, target *url.URL) (status int, err error) {
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	request := (&http.Request{
		Method: o.Method, URL: target, Host: target.Host, Header: o.Header.Clone(),
		Body: io.NopCloser(strings.NewReader(o.Body)), ContentLength: int64(len(o.Body)),
	}).WithContext(ctx)
	if request.Header == nil {
		request.Header = http.Header{}
	}
	if o.Body == "" && o.Method == http.MethodPost {
		request.Body = http.NoBody // the other would be sent in chunks; a POST is not repeated anyway
	}
	response, err := via.RoundTrip(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, err
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
