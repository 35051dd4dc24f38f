package apply

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	"ecounit/plan"
)

// DownError is an app that does not answer or does not stay up.
type DownError struct {
	Unit   string
	Reason string
}

func (e *DownError) Error() string { return e.Unit + " " + e.Reason }

const (
	pollEvery = 50 * time.Millisecond
	// askAgain is the wait after an answer of 500: an app that fails on every
	// request need not be waited for.
	askAgain      = 300 * time.Millisecond
	failedAnswers = 3
	// answerWithin bounds one request; behind a socket that systemd holds, it
	// waits in the queue until the app accepts it.
	answerWithin = 10 * time.Second
)

// health waits until every started service is up: the web process answers
// below 500, the others run for a while. It returns the web process's status.
func (m *Machine) health(ctx context.Context, c Change, services []string) (int, error) {
	webUnit := webOf(c.App)
	wait, timeout := m.StaysUp, m.StaysUp
	asksWeb := m.Web != nil && slices.Contains(services, webUnit)
	if asksWeb {
		timeout = m.Web.StartTimeout
		if len(services) == 1 {
			wait = 0
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	begin := time.Now()
	answer := make(chan probed, 1)
	if asksWeb {
		go func() { answer <- m.probe(ctx) }()
	}
	status := 0
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case a := <-answer:
			if a.status >= http.StatusInternalServerError || a.err != nil {
				return a.status, &DownError{webUnit, a.reason()}
			}
			status, asksWeb = a.status, false
		case <-ticker.C:
		}
		if err := m.crashed(ctx, c, services); err != nil {
			return status, err
		}
		switch passed := time.Since(begin); {
		case !asksWeb && passed >= wait:
			return status, nil
		case asksWeb && passed > timeout:
			return 0, &DownError{webUnit, fmt.Sprintf("does not answer within %s", timeout)}
		}
	}
}

// crashed looks for a service that ended since it was started; a start sets
// the count of restarts to zero.
func (m *Machine) crashed(ctx context.Context, c Change, services []string) error {
	details, err := m.Manager.DetailsOf(ctx, services...)
	if err != nil {
		return err
	}
	for _, d := range details {
		if d.Broken() || d.NRestarts > 0 {
			why, err := m.Manager.Failure(ctx, d.Name)
			if err != nil {
				return err
			}
			return &DownError{d.Name, "does not stay up: " + why}
		}
		if d.ActiveState == "inactive" && !c.To.mayBeDone(c.App, d.Name) {
			return &DownError{d.Name, `ended right after its start, without a failure; what is meant to end is for [job.NAME], or has policy = "never" in [restart]`}
		}
	}
	return nil
}

type probed struct {
	status int
	err    error
}

func (p probed) reason() string {
	if p.err != nil {
		return p.err.Error()
	}
	return fmt.Sprintf("answers %d", p.status)
}

// probe asks until the app answers below 500, or has answered 500 often enough.
// 502, 503 and 504 say "not yet".
func (m *Machine) probe(ctx context.Context) probed {
	client := Client(m.Web.Site)
	if m.Dial != nil {
		client = clientBy(m.Dial, m.Web.Site)
	}
	defer client.CloseIdleConnections()
	failed := 0
	for {
		pause := pollEvery
		status, err := Ask(ctx, client, m.Web)
		switch {
		case err != nil:
			err = m.stranger()
			if err != nil {
				return probed{0, err}
			}
		case status < http.StatusInternalServerError:
			return probed{status, m.stranger()}
		case status < http.StatusBadGateway || status > http.StatusGatewayTimeout:
			if failed++; failed >= failedAnswers {
				return probed{status, nil}
			}
			pause = askAgain
		}
		select {
		case <-ctx.Done():
			return probed{0, ctx.Err()}
		case <-time.After(pause):
		}
	}
}

// stranger finds out whether somebody else listens on the app's port: on a
// shared machine an answer alone proves nothing.
func (m *Machine) stranger() error {
	port := m.Web.Site.Port
	if port == 0 || m.Listener == nil {
		return nil
	}
	if uid, ok := m.Listener(port); ok && uid != m.UID {
		return fmt.Errorf("cannot have port %d: the user with uid %d listens on it", port, uid)
	}
	return nil
}

// Client reaches the app's own socket or port, without Apache.
func Client(site plan.Site) *http.Client {
	return clientBy((&net.Dialer{}).DialContext, site)
}

func clientBy(dial func(ctx context.Context, network, address string) (net.Conn, error), site plan.Site) *http.Client {
	network, address := "unix", site.Socket
	if site.Port != 0 {
		network, address = "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(site.Port))
	}
	return &http.Client{
		Timeout: answerWithin,
		Transport: &http.Transport{
			DisableKeepAlives: true,
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return dial(ctx, network, address)
			},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// maxAnswer is how much of an answer is read before the connection is closed.
const maxAnswer = 64 << 10

// Ask makes one request as Apache would and returns the status.
func Ask(ctx context.Context, client *http.Client, web *plan.Web) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost"+web.Health, nil)
	if err != nil {
		return 0, err
	}
	request.Header.Set("User-Agent", "ecounit")
	request.Header.Set("X-Forwarded-Proto", "https")
	response, err := client.Do(request)
	if err != nil {
		var timeout net.Error
		if errors.As(err, &timeout) && timeout.Timeout() {
			return 0, errors.New("no answer yet")
		}
		return 0, err
	}
	defer response.Body.Close()
	_, _ = io.CopyN(io.Discard, response.Body, maxAnswer)
	return response.StatusCode, nil
}
