package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"ecounit/test/load"
)

const (
	restarts = 5
	visitors = 4
	// fewest is far less than any machine answers in five restarts: it shows
	// that there were visitors at all.
	fewest = 50
	// between is how long visitors are served between two restarts.
	between = 700 * time.Millisecond
)

// restart restarts the app under load through Apache. A visitor sends each
// request once: what is lost is lost.
func (d *demo) restart(ctx context.Context, _ string) error {
	loading, stop := context.WithCancel(ctx)
	defer stop()
	result := make(chan load.Result, 1)
	go func() {
		r, _ := load.Run(loading, load.Options{ // its error is that it was stopped
			URL: address, Dial: d.host.DialContext, InsecureTLS: true, KeepAlive: true,
			Workers: visitors, Duration: 5 * time.Minute,
		})
		result <- r
	}()
	pid, err := d.mainPID(ctx)
	for i := 0; i < restarts && err == nil; i++ {
		before := pid
		pid, err = d.on(ctx, inApp, "ecounit restart && systemctl --user show --property MainPID --value "+app+".service")
		if err == nil && (pid == before || pid == "" || pid == "0") {
			err = fmt.Errorf("ecounit restart did not give the app a new process: it was %s and is %q", before, pid)
		}
		time.Sleep(between)
	}
	stop()
	r := <-result
	if err != nil {
		return err
	}
	d.remark("%d visitors sent %d requests in %.1f s; %d failed. Half were answered within %d ms, the slowest in %d ms",
		visitors, r.Requests, r.Elapsed.Seconds(), r.Failures, r.P50.Milliseconds(), r.Max.Milliseconds())
	switch {
	case r.Failures > 0:
		return fmt.Errorf("%d of %d requests were lost in %d restarts:\n%s", r.Failures, r.Requests, restarts, r)
	case r.Requests < fewest:
		return fmt.Errorf("only %d requests were answered during %d restarts, which shows nothing", r.Requests, restarts)
	}
	return nil
}

func (d *demo) kill(ctx context.Context, _ string) error {
	before, err := d.mainPID(ctx)
	if err != nil {
		return err
	}
	begin := time.Now()
	if _, err := d.on(ctx, alice, "kill -KILL "+before); err != nil {
		return err
	}
	if _, err := d.on(ctx, visitor, "curl -sS -w '%{http_code} after %{time_total} s\\n' "+address+"healthz", says("200 after")); err != nil {
		return err
	}
	err = until(ctx, 20*time.Second, "the app has no new process", func() error {
		pid, err := d.mainPID(ctx)
		if err == nil && (pid == before || pid == "0") {
			return errNotYet
		}
		return err
	})
	if err != nil {
		return err
	}
	d.remark("a new process after %s", since(begin))
	return d.all(ctx,
		line{alice, "systemctl --user show --property MainPID,NRestarts " + app + ".service", []expectation{says("NRestarts=1"), lacks("MainPID="+before+"\n", "MainPID=0\n")}},
		page("Book room 7"),
	)
}

func (d *demo) reboot(ctx context.Context, _ string) error {
	begin := time.Now()
	// The command may end with the host or before it: what counts is seen below.
	_, _ = d.on(ctx, root, "systemctl reboot")
	err := until(ctx, time.Minute, "the host is not down", func() error {
		if d.host.Leader() != 0 {
			return errNotYet
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := d.host.PowerOn(ctx); err != nil {
		return err
	}
	d.remark("up again after %s", since(begin))
	begin = time.Now()
	client := d.host.HTTPClient()
	defer client.CloseIdleConnections()
	err = until(ctx, 30*time.Second, "the app does not answer", func() error {
		response, err := client.Get(address)
		if err != nil {
			return errNotYet // Apache is not up
		}
		response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return errNotYet
		}
		return nil
	})
	if err == nil {
		d.remark("the app answers %s after that", since(begin))
	}
	return err
}
