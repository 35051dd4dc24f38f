package bus

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/godbus/dbus/v5"
)

// SystemBus is the system bus's socket, which is in the same place everywhere.
const SystemBus = "/run/dbus/system_bus_socket"

// Conn is a connection to the system bus with one object on it. Its methods may
// be called from several goroutines.
type Conn struct {
	conn  *dbus.Conn
	sieve *sieve

	object atomic.Pointer[Object]

	mu   sync.Mutex
	uids map[string]int // by unique name, which the bus never gives twice
}

// Connect connects to the bus at a socket. Calls are handled with ctx.
func Connect(ctx context.Context, socket string) (*Conn, error) {
	var d net.Dialer
	stream, err := d.DialContext(ctx, "unix", socket)
	if err != nil {
		return nil, fmt.Errorf("cannot connect to the system bus: %w", err)
	}
	c := &Conn{uids: map[string]int{}}
	c.sieve = &sieve{Conn: stream, named: c.named, serves: c.serves}
	c.conn, err = dbus.NewConn(c.sieve, dbus.WithHandler(&handler{ctx, c}))
	if err == nil {
		stop := context.AfterFunc(ctx, func() { stream.Close() })
		// The number, not the name: nothing has to be looked up for it.
		err = c.conn.Auth([]dbus.Auth{dbus.AuthExternal(strconv.Itoa(os.Geteuid()))})
		if err == nil {
			err = c.conn.Hello()
		}
		stop()
	}
	if err != nil {
		stream.Close()
		return nil, fmt.Errorf("cannot connect to the system bus: %w", err)
	}
	return c, nil
}

// Offer puts the object on the bus, where nobody finds it before Own.
func (c *Conn) Offer(object Object) { c.object.Store(&object) }

// serves reports whether any method takes arguments of these types.
func (c *Conn) serves(signature string) bool {
	object := c.object.Load()
	return signature == "" || object != nil &&
		slices.ContainsFunc(object.Methods, func(m Method) bool { return m.In == signature })
}

// named reports whether a call is for the object.
func (c *Conn) named(destination string) bool {
	object := c.object.Load()
	return object != nil && destination == object.Name
}

// Own takes the object's name on the bus, under which callers find it.
func (c *Conn) Own() error {
	name := c.object.Load().Name
	reply, err := c.conn.RequestName(name, dbus.NameFlagDoNotQueue)
	if err == nil && reply != dbus.RequestNameReplyPrimaryOwner && reply != dbus.RequestNameReplyAlreadyOwner {
		err = errors.New("somebody else has it")
	}
	if err != nil {
		return fmt.Errorf("cannot take the name %s on the system bus: %w", name, err)
	}
	return nil
}

// Disown gives the name back and returns when every call that came before has
// been answered: the bus passes on later ones to whom it starts for them.
func (c *Conn) Disown(ctx context.Context) error {
	name := c.object.Load().Name
	if _, err := c.conn.ReleaseName(name); err != nil {
		return fmt.Errorf("cannot give back the name %s: %w", name, err)
	}
	for c.Busy() {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-c.Lost():
			return nil
		case <-time.After(5 * time.Millisecond):
		}
	}
	return nil
}

// Busy reports whether a call is under way.
func (c *Conn) Busy() bool { return c.sieve.calls.Load() > 0 }

// Lost is closed when the connection has ended.
func (c *Conn) Lost() <-chan struct{} { return c.conn.Context().Done() }

// Close ends the connection.
func (c *Conn) Close() { c.conn.Close() }

// maxSenders is how many callers are remembered.
const maxSenders = 1024

// UID is the user on whose behalf a unique name is connected.
func (c *Conn) UID(ctx context.Context, sender string) (int, error) {
	c.mu.Lock()
	uid, known := c.uids[sender]
	c.mu.Unlock()
	if known {
		return uid, nil
	}
	var number uint32
	err := c.conn.BusObject().CallWithContext(ctx, driver+".GetConnectionUnixUser", 0, sender).Store(&number)
	if err != nil {
		return 0, fmt.Errorf("cannot find out who calls: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.uids) >= maxSenders {
		clear(c.uids)
	}
	c.uids[sender] = int(number)
	return int(number), nil
}
