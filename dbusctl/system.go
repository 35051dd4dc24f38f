package dbusctl

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
)

// ErrNoSystemBus says that this machine has no system bus that one could ask,
// so neither logind nor the machine's own systemd.
var ErrNoSystemBus = errors.New("no system bus is running")

// System is a connection to the system bus. Its methods may be called from
// several goroutines.
type System struct {
	link
	dialer Dialer
}

// ConnectSystem connects to the system bus. The context limits the connecting
// only. Errors: ErrNoSystemBus.
func ConnectSystem(ctx context.Context) (*System, error) {
	return Dialer{}.ConnectSystem(ctx)
}

// ConnectSystem is ConnectSystem with d's socket.
func (d Dialer) ConnectSystem(ctx context.Context) (*System, error) {
	socket := orDefault(d.SystemBus, "/run/dbus/system_bus_socket")
	l, err := dial(ctx, socket, true)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%w: %s does not exist", ErrNoSystemBus, socket)
	case err != nil:
		return nil, fmt.Errorf("cannot connect to the system bus: %w", err)
	}
	return &System{l, d}, nil
}

// Close ends the connection.
func (s *System) Close() { s.conn.Close() }

// SystemVersion is the major version of the machine's systemd, such as 252.
// A user's manager that was not started anew after an update may be older.
func (s *System) SystemVersion(ctx context.Context) (int, error) {
	return s.version(ctx)
}

// UserManager is the state of user@UID.service, the machine's unit in which
// the manager of a user runs.
type UserManager struct {
	Name    string // user@1000.service
	Failure string // why it failed, in a clause; empty if it did not
}

// UserManagerState reads the state of a user's manager from outside: it tells
// why there is none to connect to.
func (s *System) UserManagerState(ctx context.Context, uid int) (UserManager, error) {
	name := userUnit(uid)
	all, err := s.details(ctx, []Unit{{Name: name}})
	if err != nil {
		return UserManager{}, fmt.Errorf("cannot read the state of a unit: %w", err)
	}
	state := UserManager{Name: name}
	if all[0].ActiveState == "failed" {
		if state.Failure, err = s.failure(ctx, name, "Result"); err != nil {
			return state, fmt.Errorf("cannot read why %s failed: %w", name, err)
		}
	}
	return state, nil
}

func userUnit(uid int) string { return "user@" + strconv.Itoa(uid) + ".service" }
