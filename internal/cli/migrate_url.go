package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"ecounit/plan"
)

const (
	urlTime = 5 * time.Second
	// apacheForgets is how long a web server sends nobody to an app that it could
	// not reach once (mod_proxy, retry=), and a little more.
	apacheForgets = 65 * time.Second
	urlAgain      = 200 * time.Millisecond
)

// answering are the addresses at which the web server of this machine has an
// app now. Where none answers, there is none to be checked afterwards.
func (mv *migration) answering(ctx context.Context, web *plan.Web) (urls []string) {
	var candidates []string
	below := strings.TrimPrefix(web.Health, web.Site.Path)
	if s := mv.h.hosting(); s != nil && s.url(web.Site.Path) != "" {
		candidates = append(candidates, s.url(web.Site.Path))
	}
	candidates = append(candidates, "http://localhost"+web.Site.Path, "https://localhost"+web.Site.Path)
	for _, candidate := range candidates {
		if status, err := askWebServer(ctx, candidate+below); err == nil && isAnswer(status) {
			urls = append(urls, candidate+below)
		}
	}
	return urls
}

// askWebServer asks the web server of this machine, whatever the name of the
// host leads to: that may be a firewall, or another machine.
func askWebServer(ctx context.Context, address string) (status int, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return 0, err
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	var dialer net.Dialer
	client := &http.Client{
		Timeout: urlTime,
		Transport: &http.Transport{
			DisableKeepAlives: true,
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return dialer.DialContext(ctx, "tcp", net.JoinHostPort("127.0.0.1", port))
			},
			TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // it is this machine, under a name that its certificate need not have
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	response, err := client.Do(request)
	if failed := (*url.Error)(nil); errors.As(err, &failed) {
		return 0, failed.Err // without the address, which the caller has
	}
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	return response.StatusCode, nil
}

// stillAnswers waits until an address answers as it did with the old program,
// and says how long that took.
func stillAnswers(ctx context.Context, address string, patience time.Duration) (took time.Duration, err error) {
	begin := time.Now()
	for {
		status, err := askWebServer(ctx, address)
		if took = time.Since(begin); err == nil && isAnswer(status) {
			return took, nil
		}
		if err == nil {
			err = fmt.Errorf("it answers %d", status)
		}
		if took > patience {
			return took, fmt.Errorf("%s answered before, and does not now: %w", address, err)
		}
		select {
		case <-ctx.Done():
			return took, ctx.Err()
		case <-time.After(urlAgain):
		}
	}
}

// isAnswer is false for what a web server says by itself about an app that it
// does not have, or cannot reach.
func isAnswer(status int) bool { return status < 500 && status != http.StatusNotFound }
