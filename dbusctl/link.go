package dbusctl

import (
	"context"
	"errors"
	"fmt"
	"slices"

	sd "github.com/coreos/go-systemd/v22/dbus"
	"github.com/godbus/dbus/v5"
)

const (
	systemdName = "org.freedesktop.systemd1"
	managerPath = dbus.ObjectPath("/org/freedesktop/systemd1")
	managerFace = "org.freedesktop.systemd1.Manager"
	unitFace    = "org.freedesktop.systemd1.Unit"
	getOne      = "org.freedesktop.DBus.Properties.Get"
	getAll      = "org.freedesktop.DBus.Properties.GetAll"
)

// ErrLost says that the manager or the bus ended while it was being asked, as
// it does when the machine goes down or the manager executes itself anew.
var ErrLost = errors.New("the connection was lost")

// ErrNoSuchUnit says that there is no unit file of that name.
var ErrNoSuchUnit = errors.New("no such unit")

// batch is how many calls are sent as one, and window how many may be under
// way. It keeps what is unread below what a socket holds, so that a manager
// that hangs never blocks a write, which no context could end.
const batch, window = 256, 512

// link is a connection on whose other end org.freedesktop.systemd1 is: the
// user's manager or, through the system bus, the machine's.
type link struct {
	conn *dbus.Conn
	wire *wire // what conn writes to
}

// query is one call of many.
type query struct {
	path   dbus.ObjectPath
	method string
	args   []any
}

func property(path dbus.ObjectPath, face, name string) query {
	return query{path, getOne, []any{face, name}}
}

// ask makes all calls at once and returns them when every one was answered.
// Each call's Err is for the caller to read, made readable by explain.
func (l link) ask(ctx context.Context, queries []query) []*dbus.Call {
	calls := make([]*dbus.Call, 0, len(queries))
	done := make(chan *dbus.Call, window)
	open := 0
	for some := range slices.Chunk(queries, batch) {
		for ; open+len(some) > window; open-- {
			<-done
		}
		l.wire.hold()
		for _, q := range some {
			object := l.conn.Object(systemdName, q.path)
			calls = append(calls, object.GoWithContext(ctx, q.method, 0, done, q.args...))
		}
		open += len(some)
		if err := l.wire.release(); err != nil {
			l.conn.Close() // which ends the calls
		}
	}
	for range open {
		<-done
	}
	return calls
}

// call makes one call and stores its answer.
func (l link) call(ctx context.Context, q query, answer ...any) error {
	call := l.ask(ctx, []query{q})[0]
	if call.Err != nil {
		return explain(ctx, call.Err)
	}
	if err := dbus.Store(call.Body, answer...); err != nil {
		return fmt.Errorf("unexpected answer to %s: %w", q.method, err)
	}
	return nil
}

// get reads one property.
func (l link) get(ctx context.Context, q query, value any) error {
	var v dbus.Variant
	if err := l.call(ctx, q, &v); err != nil {
		return err
	}
	if err := v.Store(value); err != nil {
		return fmt.Errorf("unexpected type of the property %v: %w", q.args[1], err)
	}
	return nil
}

// explain turns the error of a call into one that can be shown and tested.
func explain(ctx context.Context, err error) error {
	var refused dbus.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused):
		if refused.Name == systemdName+".NoSuchUnit" {
			return fmt.Errorf("%w: %w", ErrNoSuchUnit, err)
		}
		return err
	case ctx.Err() != nil:
		return context.Cause(ctx)
	default: // EOF, a closed socket, a broken pipe
		return fmt.Errorf("%w: %w", ErrLost, err)
	}
}

// unitPath is the object of a unit, loaded or not: systemd loads it when its
// object is asked something.
func unitPath(name string) dbus.ObjectPath {
	return managerPath + "/unit/" + dbus.ObjectPath(sd.PathBusEscape(name))
}
