package bus

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/godbus/dbus/v5"
)

// ErrNoPolkit says that there is no polkit on this bus that could decide.
var ErrNoPolkit = errors.New("polkit is not running on this host")

const (
	polkitName = "org.freedesktop.PolicyKit1"
	polkitPath = dbus.ObjectPath("/org/freedesktop/PolicyKit1/Authority")
	polkitCall = "org.freedesktop.PolicyKit1.Authority.CheckAuthorization"

	allowInteraction = 1
)

// Decision is what polkit says.
type Decision struct {
	Allowed   bool
	Challenge bool // it would be, had the caller typed a password
}

// Authorize asks polkit whether the owner of a unique name may do something.
// The details are what rules of the administrator can look at. Errors:
// ErrNoPolkit.
func (c *Conn) Authorize(ctx context.Context, sender, action string, details map[string]string, interactive bool) (Decision, error) {
	subject := struct {
		Kind    string
		Details map[string]dbus.Variant
	}{"system-bus-name", map[string]dbus.Variant{"name": dbus.MakeVariant(sender)}}
	var flags uint32
	if interactive {
		flags = allowInteraction
	}
	var result struct {
		Allowed, Challenge bool
		Details            map[string]string
	}
	const cancellation = ""
	err := c.conn.Object(polkitName, polkitPath).
		CallWithContext(ctx, polkitCall, 0, subject, action, details, flags, cancellation).Store(&result)
	if missing(err) {
		return Decision{}, fmt.Errorf("%w: %w", ErrNoPolkit, err)
	}
	if err != nil {
		return Decision{}, fmt.Errorf("cannot ask polkit: %w", err)
	}
	return Decision{result.Allowed, result.Challenge}, nil
}

// HasPolkit reports whether polkit runs or would be started.
func (c *Conn) HasPolkit(ctx context.Context) bool {
	const ping = "org.freedesktop.DBus.Peer.Ping"
	return !missing(c.conn.Object(polkitName, polkitPath).CallWithContext(ctx, ping, 0).Err)
}

// missing reports whether an error says that nobody is there to answer.
func missing(err error) bool {
	var refused dbus.Error
	if !errors.As(err, &refused) {
		return false
	}
	switch refused.Name {
	case "org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner",
		"org.freedesktop.systemd1.NoSuchUnit", "org.freedesktop.systemd1.UnitMasked":
		return true
	}
	return strings.HasPrefix(refused.Name, "org.freedesktop.DBus.Error.Spawn.")
}
