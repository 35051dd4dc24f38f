package dbusctl

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/godbus/dbus/v5"
)

const (
	logindName = "org.freedesktop.login1"
	logindPath = dbus.ObjectPath("/org/freedesktop/login1")
	polkitName = "org.freedesktop.PolicyKit1"

	// lingerDir has a file for each user who lingers (systemd-logind.service(8)).
	lingerDir = "/var/lib/systemd/linger"
)

// Linger says whether the user's manager is started at boot and outlives the
// last logout. It asks logind, which knows users by number; the file
// /var/lib/systemd/linger/NAME is by name, and a program without cgo cannot
// look up the names of a directory service.
//
// It is false, too, for a user whom logind skipped at boot because the
// directory service did not know the name yet: switching lingering on again
// helps.
func (s *System) Linger(ctx context.Context, uid int) (bool, error) {
	path := logindPath + "/user/_" + dbus.ObjectPath(strconv.Itoa(uid))
	call := s.conn.Object(logindName, path).CallWithContext(ctx, getOne, 0, logindName+".User", "Linger")
	var refused dbus.Error
	if errors.As(call.Err, &refused) && strings.HasPrefix(refused.Name, "org.freedesktop.DBus.Error.Unknown") {
		// logind has no object for users that are not logged in and do not
		// linger, nor for those whose lingering manager somebody stopped.
		_, err := os.Stat(filepath.Join(lingerDir, account(uid)))
		return err == nil, nil
	}
	if call.Err != nil {
		return false, fmt.Errorf("cannot read whether %s lingers: %w", userName(uid), explainLogind(ctx, call.Err))
	}
	var v dbus.Variant
	if err := call.Store(&v); err != nil {
		return false, err
	}
	on, _ := v.Value().(bool)
	return on, nil
}

// DeniedError says that this machine's policy keeps the user from switching
// lingering on or off.
type DeniedError struct {
	UID    int
	On     bool
	Polkit bool   // whether polkit, which would decide, is there at all
	Cure   string // the command an administrator types
	Err    error  // what logind answered
}

func (e *DeniedError) Error() string {
	what := "off"
	if e.On {
		what = "on"
	}
	why := "this machine's policy does not allow it"
	if !e.Polkit {
		why = "without polkit, which is not installed or not running, only root may"
	}
	return fmt.Sprintf("cannot switch lingering %s for %s: %s; an administrator can, with: %s",
		what, userName(e.UID), why, e.Cure)
}

func (e *DeniedError) Unwrap() error { return e.Err }

// SetLinger switches lingering on or off. Logind answers before the manager
// is there: see WaitForManager. After switching off, a manager without a
// session ends ten seconds later; that is not waited for. A user who may not
// gets a *DeniedError.
func (s *System) SetLinger(ctx context.Context, uid int, on bool) error {
	const interactive = false // nobody can type a password here
	err := s.conn.Object(logindName, logindPath).
		CallWithContext(ctx, logindName+".Manager.SetUserLinger", 0, uint32(uid), on, interactive).Err
	if err == nil {
		return nil
	}
	if denied, polkit := s.denied(ctx, err); denied {
		return &DeniedError{UID: uid, On: on, Polkit: polkit, Cure: lingerCommand(uid, on), Err: err}
	}
	return fmt.Errorf("cannot switch lingering for %s: %w", userName(uid), explainLogind(ctx, err))
}

// denied says whether an answer of logind's means that polkit refused, or that
// there was no polkit to ask.
func (s *System) denied(ctx context.Context, err error) (denied, polkit bool) {
	var refused dbus.Error
	if !errors.As(err, &refused) {
		return false, false
	}
	switch name := refused.Name; {
	case name == "org.freedesktop.DBus.Error.AccessDenied",
		name == "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired":
		return true, s.lists(ctx, "ListNames", polkitName) || s.lists(ctx, "ListActivatableNames", polkitName)
	case strings.HasPrefix(name, systemdName+"."), strings.HasPrefix(name, "org.freedesktop.DBus.Error.Spawn."):
		// A service could not be started: polkit, when logind runs.
		return s.lists(ctx, "ListNames", logindName), false
	}
	return false, false
}

// lingerCommand names the user: without a name, loginctl fails outside of a
// session.
func lingerCommand(uid int, on bool) string {
	verb := "disable-linger"
	if on {
		verb = "enable-linger"
	}
	return "loginctl " + verb + " " + account(uid)
}

func explainLogind(ctx context.Context, err error) error {
	var refused dbus.Error
	if errors.As(err, &refused) {
		switch refused.Name {
		case "org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner",
			"org.freedesktop.systemd1.NoSuchUnit":
			return fmt.Errorf("systemd-logind is not running: %w", err)
		}
	}
	return explain(ctx, err)
}

// lists says whether a list of the bus has a name: ListNames what runs,
// ListActivatableNames what the bus would start.
func (s *System) lists(ctx context.Context, list, name string) bool {
	var names []string
	err := s.conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus."+list, 0).Store(&names)
	return err == nil && slices.Contains(names, name)
}
