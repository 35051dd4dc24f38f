//go:build machine

package e2e

import (
	"context"
	"errors"
	"time"

	"ecounit/test/load"
)

// underLoad has visitors ask for a page, half of them on a new connection each
// time, while something happens, and returns what became of the requests.
func (h *host) underLoad(page string, visitors int, during func()) []load.Result {
	h.t.Helper()
	ctx, stop := context.WithCancel(h.t.Context())
	defer stop()
	type outcome struct {
		result load.Result
		err    error
	}
	ended := make(chan outcome)
	for _, keep := range []bool{false, true} {
		go func() {
			result, err := load.Run(ctx, load.Options{
				URL: site + page, Workers: visitors / 2, KeepAlive: keep, Duration: 5 * time.Minute,
				InsecureTLS: true, Dial: h.DialContext,
			})
			ended <- outcome{result, err}
		}()
	}
	time.Sleep(500 * time.Millisecond)
	during()
	time.Sleep(500 * time.Millisecond)
	stop()
	var results []load.Result
	for range 2 {
		o := <-ended
		if !errors.Is(o.err, context.Canceled) {
			h.t.Error(o.err)
		}
		h.t.Log(o.result)
		results = append(results, o.result)
	}
	return results
}

// restarts an app ten times under load, which must lose no request. Each time
// it answers for a moment before the next.
func (u *user) restarts(app, page string) {
	u.host.t.Helper()
	b := u.host.browser()
	asked, lost := 0, 0
	for _, r := range u.host.underLoad(page, 16, func() {
		for range 10 {
			u.OK("restart", app)
			b.get(page).is(200)
			time.Sleep(100 * time.Millisecond)
		}
	}) {
		asked, lost = asked+r.Requests, lost+r.Failures
	}
	if lost > 0 || asked < 200 {
		u.host.t.Errorf("%d of %d requests were lost", lost, asked)
	}
}

func flaskRestartsUnderLoad(alice *user) {
	alice.restarts("flasktasks", "/alice_flasktasks/healthz")
}

func chatRestartsUnderLoad(alice *user) {
	alice.restarts("chat", "/alice_chat/healthz")
}
