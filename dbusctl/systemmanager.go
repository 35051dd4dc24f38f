package dbusctl

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"
)

// ConnectSystemManager connects to process 1, the machine's own manager. Only
// root gets far with it. It goes through the manager's private socket or,
// where there is none, the system bus.
//
// The context limits the connecting only. Errors: ErrNoSystemBus when there is
// neither.
func ConnectSystemManager(ctx context.Context) (*Manager, error) {
	return Dialer{}.ConnectSystemManager(ctx)
}

// ConnectSystemManager is ConnectSystemManager with d's sockets.
func (d Dialer) ConnectSystemManager(ctx context.Context) (*Manager, error) {
	const root = 0
	private := orDefault(d.SystemPrivate, "/run/systemd/private")
	l, err := dialOwned(ctx, private, root, false)
	direct := err == nil
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		var bus *System
		if bus, err = d.ConnectSystem(ctx); err == nil {
			l = bus.link
		}
	}
	var m *Manager
	if err == nil {
		m, err = manage(ctx, l, direct)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot connect to the machine's service manager: %w", err)
	}
	return m, nil
}
