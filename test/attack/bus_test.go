//go:build machine

package attack

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/godbus/dbus/v5"

	"ecounit/host"
)

// relay is a stream to the system bus, which sees the user at its other end.
type relay struct {
	io.Reader
	io.Writer
	stop func()
}

func (r relay) Close() error {
	r.stop()
	return nil
}

func (u *user) relay() relay {
	u.host.t.Helper()
	in, toBus, err := os.Pipe()
	u.host.must(err)
	fromBus, out, err := os.Pipe()
	u.host.must(err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(u.host.t.Context()))
	_, err = u.User.Stdin(in).Stdout(out, nil).Start(ctx, "python3", "/opt/relay.py")
	in.Close()
	out.Close()
	u.host.must(err)
	stop := func() {
		cancel()
		toBus.Close()
		fromBus.Close()
	}
	u.host.t.Cleanup(stop)
	return relay{fromBus, toBus, stop}
}

// bus is a connection of the user's to the system bus.
type bus struct {
	*dbus.Conn
	user *user
}

func (u *user) bus() bus {
	u.host.t.Helper()
	conn, err := dbus.NewConn(u.relay())
	u.host.must(err)
	u.host.must(conn.Auth([]dbus.Auth{dbus.AuthExternal(strconv.Itoa(u.uid))}))
	u.host.must(conn.Hello())
	return bus{conn, u}
}

// call calls a method of the host service.
func (b bus) call(method string, args ...any) ([]any, error) {
	call := b.Object(host.BusName, host.ObjectPath).Call(host.Interface+"."+method, 0, args...)
	return call.Body, call.Err
}

// publish asks for a site. The service waits until it is live.
func (b bus) publish(r host.Request) (host.Answer, error) {
	var a host.Answer
	body, err := b.call("Publish", r)
	if err != nil {
		return a, err
	}
	return a, dbus.Store(body, &a)
}

// refusedAs is the kind of a refusal by the service, "" for none, and the name
// of the D-Bus error for every other failure.
func refusedAs(err error) host.Kind {
	if err == nil {
		return ""
	}
	var refusal dbus.Error
	if !errors.As(err, &refusal) {
		return host.Kind(err.Error())
	}
	kind, _ := strings.CutPrefix(refusal.Name, host.Interface+".Error.")
	return host.Kind(kind)
}

// request is an ordinary one.
func request(u *user, app string) host.Request {
	return host.Request{App: app, Path: "/" + u.name + "_" + app, Prefix: "keep", WebSocket: true, Timeout: 300, AllowFrom: []string{}}
}

// raw speaks to the bus without a library that would object to what is sent.
type raw struct {
	relay
	reader *bufio.Reader
	serial uint32
}

func (u *user) raw() *raw {
	u.host.t.Helper()
	stream := u.relay()
	r := &raw{relay: stream, reader: bufio.NewReader(stream)}
	id := hex.EncodeToString([]byte(strconv.Itoa(u.uid)))
	_, err := fmt.Fprintf(r, "\x00AUTH EXTERNAL %s\r\n", id)
	u.host.must(err)
	line, err := r.reader.ReadString('\n')
	u.host.must(err)
	if !strings.HasPrefix(line, "OK ") {
		u.host.t.Fatalf("the bus says %q", line)
	}
	_, err = io.WriteString(r, "BEGIN\r\n")
	u.host.must(err)
	_, err = r.send(message{to: "org.freedesktop.DBus", path: "/org/freedesktop/DBus", iface: "org.freedesktop.DBus", member: "Hello"})
	u.host.must(err)
	return r
}

// message is a method call with any body.
type message struct {
	to, path, iface, member string
	signature               string
	body                    []byte
}

// send writes a message and returns its number.
func (r *raw) send(m message) (serial uint32, err error) {
	r.serial++
	_, err = r.Write(m.bytes(r.serial))
	return r.serial, err
}

// answer reads until the answer to a message.
func (r *raw) answer(serial uint32) (*dbus.Message, error) {
	for {
		m, err := dbus.DecodeMessage(r.reader)
		if err != nil {
			return nil, err
		}
		if reply, ok := m.Headers[dbus.FieldReplySerial].Value().(uint32); ok && reply == serial {
			return m, nil
		}
	}
}

// bytes is the message as it goes over the wire.
func (m message) bytes(serial uint32) []byte {
	var e encoder
	e.out = []byte{'l', 1, 0, 1}
	e.number(uint32(len(m.body)))
	e.number(serial)
	e.array(8, func() {
		for _, field := range []struct {
			code      byte
			signature string
			value     string
		}{{1, "o", m.path}, {2, "s", m.iface}, {3, "s", m.member}, {6, "s", m.to}, {8, "g", m.signature}} {
			e.pad(8)
			e.out = append(e.out, field.code)
			e.signature(field.signature)
			if field.signature == "g" {
				e.signature(field.value)
			} else {
				e.text(field.value)
			}
		}
	})
	e.pad(8)
	return append(e.out, m.body...)
}

// encoder writes D-Bus's little-endian form.
type encoder struct{ out []byte }

func (e *encoder) pad(to int) {
	for len(e.out)%to != 0 {
		e.out = append(e.out, 0)
	}
}

func (e *encoder) number(n uint32) {
	e.pad(4)
	e.out = binary.LittleEndian.AppendUint32(e.out, n)
}

func (e *encoder) text(s string) {
	e.number(uint32(len(s)))
	e.out = append(append(e.out, s...), 0)
}

func (e *encoder) signature(s string) {
	e.out = append(append(append(e.out, byte(len(s))), s...), 0)
}

// array writes the length of what items writes, whose alignment is align.
func (e *encoder) array(align int, items func()) {
	e.number(0)
	at := len(e.out) - 4
	e.pad(align)
	begin := len(e.out)
	items()
	binary.LittleEndian.PutUint32(e.out[at:], uint32(len(e.out)-begin))
}
