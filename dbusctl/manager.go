package dbusctl

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"

	sd "github.com/coreos/go-systemd/v22/dbus"
)

// Manager is a connection to a user's systemd manager. Its methods may be
// called from several goroutines. After ErrLost it is of no more use.
type Manager struct {
	link
	systemd *sd.Conn // speaks over the same connection
	direct  bool     // through the private socket, not a bus

	subscribing sync.Mutex
	subscribed  bool
}

// Close ends the connection.
func (m *Manager) Close() { m.systemd.Close() }

// Version is the manager's major version, such as 252.
func (m *Manager) Version(ctx context.Context) (int, error) {
	return m.version(ctx)
}

func (l link) version(ctx context.Context) (int, error) {
	var text string
	if err := l.get(ctx, property(managerPath, managerFace, "Version"), &text); err != nil {
		return 0, fmt.Errorf("cannot read systemd's version: %w", err)
	}
	v, err := parseVersion(text)
	if err != nil {
		return 0, fmt.Errorf("cannot read systemd's version: %w", err)
	}
	return v, nil
}

// parseVersion reads what distributions make of it: "252.30-1~deb12u2",
// "239 (239-82.el8)", "v256~rc1".
func parseVersion(text string) (int, error) {
	digits := strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(text), "systemd "), "v")
	if end := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' }); end >= 0 {
		digits = digits[:end]
	}
	v, err := strconv.Atoi(digits)
	if err != nil || v <= 0 {
		return 0, fmt.Errorf("%q does not start with a number", text)
	}
	return v, nil
}

// Environment is the manager's environment block, which every service
// inherits: NAME=value, in the manager's order.
func (m *Manager) Environment(ctx context.Context) ([]string, error) {
	var block []string
	if err := m.get(ctx, property(managerPath, managerFace, "Environment"), &block); err != nil {
		return nil, fmt.Errorf("cannot read the service manager's environment: %w", err)
	}
	return block, nil
}

// Reload makes the manager read all unit files again and returns when it has.
// It takes 30 ms at least and longer the more units are loaded.
func (m *Manager) Reload(ctx context.Context) error {
	if err := explain(ctx, m.systemd.ReloadContext(ctx)); err != nil {
		return fmt.Errorf("cannot reload the service manager: %w", err)
	}
	return nil
}

// subscribe asks for signals. Through the private socket they come unasked.
func (m *Manager) subscribe(ctx context.Context) error {
	m.subscribing.Lock()
	defer m.subscribing.Unlock()
	if m.direct || m.subscribed {
		return nil
	}
	// NewConnection has added the match for JobRemoved.
	if err := m.call(ctx, query{managerPath, managerFace + ".Subscribe", nil}); err != nil {
		return fmt.Errorf("cannot subscribe to the service manager's signals: %w", err)
	}
	m.subscribed = true
	return nil
}
