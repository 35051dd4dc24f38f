package dbusctl

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

func system(t *testing.T) (*fake, *System, Dialer) {
	t.Helper()
	d := fakeRuntime(t)
	f := serve(t, d.SystemBus)
	s, err := d.ConnectSystem(shortly(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return f, s, d
}

func TestNoSystemBus(t *testing.T) {
	if _, err := fakeRuntime(t).ConnectSystem(shortly(t)); !errors.Is(err, ErrNoSystemBus) {
		t.Errorf("got %v", err)
	}
}

func TestLinger(t *testing.T) {
	f, s, _ := system(t)
	f.set("/org/freedesktop/login1/user/_1000", map[string]any{"Linger": true})
	if on, err := s.Linger(shortly(t), 1000); !on || err != nil {
		t.Errorf("a user who lingers: %v, %v", on, err)
	}
	if on, err := s.Linger(shortly(t), 1001); on || err != nil {
		t.Errorf("a user unknown to logind: %v, %v", on, err)
	}
	f.on("Get", func(c *fakeConn, call *dbus.Message) {
		c.fail(call, "org.freedesktop.DBus.Error.NameHasNoOwner", "Could not activate remote peer.")
	})
	if _, err := s.Linger(shortly(t), 1000); err == nil || !strings.Contains(err.Error(), "systemd-logind is not running") {
		t.Errorf("without logind: %v", err)
	}
}

func TestSetLingerDenied(t *testing.T) {
	for _, test := range []struct {
		name, answer string
		polkit       bool
		want         string
	}{
		{"without polkit", "org.freedesktop.DBus.Error.AccessDenied", false, "without polkit, which is not installed or not running, only root may"},
		{"by policy", "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", true, "this machine's policy does not allow it"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f, s, _ := system(t)
			f.on("SetUserLinger", func(c *fakeConn, call *dbus.Message) { c.fail(call, test.answer, "Permission denied") })
			names := []string{"org.freedesktop.login1"}
			if test.polkit {
				names = append(names, polkitName)
			}
			f.on("ListNames", func(c *fakeConn, call *dbus.Message) { c.reply(call, []string{":1.1"}) })
			f.on("ListActivatableNames", func(c *fakeConn, call *dbus.Message) { c.reply(call, names) })
			err := s.SetLinger(shortly(t), 4294960000, true)
			var denied *DeniedError
			if !errors.As(err, &denied) || denied.Polkit != test.polkit || !denied.On {
				t.Fatalf("got %#v", err)
			}
			want := "cannot switch lingering on for uid 4294960000: " + test.want +
				"; an administrator can, with: loginctl enable-linger 4294960000"
			if err.Error() != want {
				t.Errorf("got  %s\nwant %s", err, want)
			}
		})
	}
}

func TestWaitForManager(t *testing.T) {
	f, s, d := system(t)
	unit := unitPath(userUnit(os.Getuid()))
	set := func(state string) { f.set(unit, map[string]any{"ActiveState": state}) }
	set("activating")
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if _, err := s.WaitForManager(ctx, os.Getuid()); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, ErrNoManager) {
		t.Errorf("one that does not come: %v", err)
	}

	go func() {
		time.Sleep(20 * time.Millisecond)
		serve(t, d.own("systemd", "private"))
		time.Sleep(20 * time.Millisecond)
		set("active")
	}()
	m, err := s.WaitForManager(shortly(t), os.Getuid())
	if err != nil {
		t.Fatal(err)
	}
	m.Close()
}

func TestWaitForFailedManager(t *testing.T) {
	f, s, _ := system(t)
	f.set(unitPath(userUnit(os.Getuid())), map[string]any{
		"ActiveState": "failed", "Result": "exit-code", "ExecMainCode": int32(1), "ExecMainStatus": int32(224),
	})
	_, err := s.WaitForManager(shortly(t), os.Getuid())
	if err == nil || !strings.Contains(err.Error(), ".service failed: cannot open a PAM session (224/PAM)") {
		t.Errorf("got %v", err)
	}
	state, err := s.UserManagerState(shortly(t), os.Getuid())
	if err != nil || state.Name != userUnit(os.Getuid()) || state.Failure != "cannot open a PAM session (224/PAM)" {
		t.Errorf("got %+v, %v", state, err)
	}
}
