//go:build machine

package dbusctl

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestInsideFailureReasons(t *testing.T) {
	ctx, m := insideManager(t)
	tests := map[string]struct{ text, want string }{
		"exit.service":   {service("Type=oneshot", "ExecStart=/bin/sh -c 'exit 3'"), "exited with status 3"},
		"killed.service": {service("Type=oneshot", "ExecStart=/bin/sh -c 'kill -KILL $$$$'"), "killed by SIGKILL"},
		"missing.service": {
			service("Type=exec", "ExecStart=/home/alice/venv/bin/gunicorn app"),
			"/home/alice/venv/bin/gunicorn: executable not found, not executable, or its interpreter is missing (203/EXEC)",
		},
		"chdir.service": {
			service("Type=exec", "WorkingDirectory=/home/alice/gone", sleeper),
			"cannot change to the working directory /home/alice/gone (200/CHDIR)",
		},
		"timeout.service":  {service("Type=notify", "TimeoutStartSec=300ms", sleeper), "start timed out after 300ms"},
		"protocol.service": {service("Type=notify", "ExecStart=/bin/true"), "ended before it said that it was ready"},
		"restarting.service": {
			service("Type=notify", "Restart=always", "RestartSec=5", "ExecStart=/bin/sh -c 'exit 7'"),
			"exited with status 7",
		},
		"pre.service": {service("Type=exec", "ExecStartPre=/bin/sh -c 'exit 9'", sleeper), "ExecStartPre=sh exited with status 9"},
		"caps.service": {
			service("Type=exec", "CapabilityBoundingSet=", sleeper),
			"cannot drop capabilities; a sandbox setting needs more rights than a user has (218/CAPABILITIES)",
		},
		"env.service": {
			service("Type=exec", "EnvironmentFile=/home/alice/gone.env", sleeper),
			"could not be set up: a file that the unit names is missing, or a resource ran out",
		},
		"bad.service":    {service("Type=exec"), "its unit file has an error: systemctl --user status bad.service shows it"},
		"taken.socket":   {"[Socket]\nListenStream=127.0.0.1:7001\n", "cannot listen on 127.0.0.1:7001: another program may have it"},
		"assert.service": {"[Unit]\nAssertPathExists=/home/alice/gone\n" + service(sleeper), "an Assert… of the unit does not hold"},
		"needs.service":  {"[Unit]\nRequires=gone-too.service\n" + service(sleeper), "Unit gone-too.service not found"},
	}
	files := map[string]string{
		"condition.service": service("Type=oneshot", "ExecCondition=/bin/sh -c 'exit 1'", "ExecStart=/bin/true"),
		"first.socket":      "[Socket]\nListenStream=127.0.0.1:7001\n",
		"first.service":     service(sleeper),
		"taken.service":     service(sleeper),
	}
	for name, test := range tests {
		files[name] = test.text
	}
	unitFiles(ctx, t, m, files)
	if err := m.Start(ctx, "first.socket"); err != nil {
		t.Fatal(err)
	}
	for name, test := range tests {
		err := m.Start(ctx, name)
		if want := "cannot start " + name + ": " + test.want; err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	var failed *JobError
	err := m.Start(ctx, "condition.service") // 247 says so, later ones say "done"
	if err != nil && (!errors.As(err, &failed) || failed.Result != "skipped") {
		t.Errorf("a condition that does not hold: %v", err)
	}
	// The failure of a run is forgotten with the next one.
	fixed := service("Type=exec", sleeper)
	unitFiles(ctx, t, m, map[string]string{"exit.service": fixed, "pre.service": fixed})
	if err := m.Restart(ctx, "exit.service", "pre.service"); err != nil {
		t.Error(err)
	}
	if reason, err := m.Failure(ctx, "exit.service"); reason != "" || err != nil {
		t.Errorf("Failure of one that runs: %q, %v", reason, err)
	}
	// And what a run left is not taken for the reason of the next failure.
	unitFiles(ctx, t, m, map[string]string{"exit.service": tests["pre.service"].text})
	if err := m.Restart(ctx, "exit.service"); err == nil || !strings.Contains(err.Error(), "ExecStartPre=sh exited with status 9") {
		t.Errorf("ExecStartPre= failing in a restart: %v", err)
	}
}

func TestInsideStartLimit(t *testing.T) {
	ctx, m := insideManager(t)
	unitFiles(ctx, t, m, map[string]string{
		"often.service": "[Unit]\nStartLimitBurst=2\nStartLimitIntervalSec=1h\n" + service("Type=exec", sleeper),
		"loop.service": "[Unit]\nStartLimitBurst=2\nStartLimitIntervalSec=1h\n" +
			service("Restart=always", "RestartSec=10ms", "ExecStart=/bin/false"),
	})
	for range 10 {
		if err := m.Restart(ctx, "often.service"); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Start(ctx, "loop.service"); err != nil { // Type=simple: it was forked
		t.Fatal(err)
	}
	waitUntil(ctx, t, m, "loop.service", func(u Unit) bool { return u.ActiveState == "failed" })
	reason, err := m.Failure(ctx, "loop.service")
	if err != nil || reason != "exited with status 1" && !strings.HasPrefix(reason, "start limit hit") {
		t.Errorf("Failure: %q, %v", reason, err)
	}
}

func TestInsideCanceled(t *testing.T) {
	ctx, m := insideManager(t)
	unitFiles(ctx, t, m, map[string]string{"slow.service": service("Type=oneshot", "ExecStart=/bin/sleep 5")})
	short, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	if err := m.Start(short, "slow.service"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("with a context that ended: %v", err)
	}
	stopped := make(chan error)
	time.AfterFunc(100*time.Millisecond, func() { stopped <- m.Stop(ctx, "slow.service") })
	err := m.Start(ctx, "slow.service")
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	var failed *JobError
	if !errors.As(err, &failed) || failed.Result != "canceled" {
		t.Errorf("while another stops it: %v", err)
	}
}

func TestInsideDependency(t *testing.T) {
	ctx, m := insideManager(t)
	unitFiles(ctx, t, m, map[string]string{
		"web.service":   "[Unit]\nRequires=cache.service\nAfter=cache.service\n" + service(sleeper),
		"cache.service": "[Unit]\nRequires=db.service\nAfter=db.service\n" + service(sleeper),
		"db.service":    service("Type=oneshot", "ExecStart=/bin/sh -c 'exit 4'"),
	})
	err := m.Start(ctx, "web.service")
	want := "cannot start web.service: db.service, which it needs, failed: exited with status 4"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}
