package dbusctl

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	sd "github.com/coreos/go-systemd/v22/dbus"
	"github.com/godbus/dbus/v5"
)

// fake answers on a socket like a systemd manager, or like a bus with one.
type fake struct {
	mu       sync.Mutex
	calls    []string                                         // what was asked, as "StartUnit web.service replace"
	props    map[dbus.ObjectPath]map[string]any               // by object and property
	results  map[string]string                                // how a unit's jobs end; "never" means not at all
	handlers map[string]func(c *fakeConn, call *dbus.Message) // by member
	conns    []*fakeConn
	jobs     uint32
}

// fakeRuntime is a directory like /run/user with one for this test's user.
func fakeRuntime(t *testing.T) Dialer {
	t.Helper()
	dir, err := os.MkdirTemp("", "dbusctl") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	own := filepath.Join(dir, strconv.Itoa(os.Getuid()), "systemd")
	if err := os.MkdirAll(own, 0o700); err != nil {
		t.Fatal(err)
	}
	return Dialer{RuntimeDir: dir, SystemBus: filepath.Join(dir, "system_bus_socket")}
}

func (d Dialer) own(parts ...string) string {
	return filepath.Join(append([]string{d.RuntimeDir, strconv.Itoa(os.Getuid())}, parts...)...)
}

func serve(t *testing.T, socket string) *fake {
	t.Helper()
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	f := &fake{
		props:    map[dbus.ObjectPath]map[string]any{},
		results:  map[string]string{},
		handlers: map[string]func(*fakeConn, *dbus.Message){},
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			nc, err := listener.Accept()
			if err != nil {
				return
			}
			c := &fakeConn{Conn: nc}
			f.mu.Lock()
			f.conns = append(f.conns, c)
			f.mu.Unlock()
			serving.Go(func() { f.serveConn(c) })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		f.drop()
		serving.Wait()
	})
	return f
}

// drop ends all connections, as a manager that dies.
func (f *fake) drop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.conns {
		c.Close()
	}
}

func (f *fake) answer(c *fakeConn, call *dbus.Message) {
	member := call.Headers[dbus.FieldMember].Value().(string)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, strings.TrimSpace(member+" "+fmt.Sprintln(call.Body...)))
	if handle := f.handlers[member]; handle != nil {
		handle(c, call)
		return
	}
	props := f.props[call.Headers[dbus.FieldPath].Value().(dbus.ObjectPath)]
	switch member {
	case "Hello":
		c.reply(call, ":1.7")
	case "GetNameOwner":
		c.reply(call, ":1.2")
	case "AddMatch", "ResetFailedUnit", "Subscribe", "Reload":
		c.reply(call)
	case "StartUnit", "StopUnit", "RestartUnit", "ReloadUnit":
		f.jobs++
		unit, path := call.Body[0].(string), dbus.ObjectPath(fmt.Sprintf("/org/freedesktop/systemd1/job/%d", f.jobs))
		c.reply(call, path)
		result, ok := f.results[unit]
		if !ok {
			result = "done"
		}
		if result != "never" {
			c.signal(managerPath, managerFace, "JobRemoved", f.jobs, path, unit, result)
		}
	case "ListUnitsByNames":
		var list []sd.UnitStatus
		for _, name := range call.Body[0].([]string) {
			props := f.props[unitPath(name)]
			text := func(p string) string { s, _ := props[p].(string); return s }
			list = append(list, sd.UnitStatus{
				Name: name, Description: text("Description"), LoadState: text("LoadState"),
				ActiveState: text("ActiveState"), SubState: text("SubState"), Path: unitPath(name), JobPath: "/",
			})
		}
		c.reply(call, list)
	case "Get":
		if value, ok := props[call.Body[1].(string)]; ok {
			c.reply(call, dbus.MakeVariant(value))
			return
		}
		c.fail(call, "org.freedesktop.DBus.Error.UnknownProperty", "no such property")
	case "GetAll":
		all := map[string]dbus.Variant{}
		for name, value := range props {
			all[name] = dbus.MakeVariant(value)
		}
		c.reply(call, all)
	default:
		c.fail(call, "org.freedesktop.DBus.Error.UnknownMethod", "no such method: "+member)
	}
}

// set gives an object its properties.
func (f *fake) set(path dbus.ObjectPath, props map[string]any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.props[path] = props
}

// end makes a unit's jobs end with a result, or "never".
func (f *fake) end(unit, result string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.results[unit] = result
}

// on answers a method.
func (f *fake) on(member string, handle func(c *fakeConn, call *dbus.Message)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.handlers[member] = handle
}

func (f *fake) asked() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.calls...)
}

// connected is a fake manager and a Manager connected to its private socket.
func connected(t *testing.T) (*fake, *Manager) {
	t.Helper()
	d := fakeRuntime(t)
	f := serve(t, d.own("systemd", "private"))
	m, err := d.Connect(shortly(t), os.Getuid())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return f, m
}

// shortly is a context that ends long after any test should have.
func shortly(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}
