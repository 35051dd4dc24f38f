package dbusctl

import (
	"bufio"
	"encoding/binary"
	"errors"
	"net"
	"strings"
	"sync"

	"github.com/godbus/dbus/v5"
)

type fakeConn struct {
	net.Conn
	writing sync.Mutex
}

// serveConn authenticates by hand: godbus has only the client's side of it.
func (f *fake) serveConn(c *fakeConn) {
	in := bufio.NewReader(c)
	if _, err := in.ReadByte(); err != nil { // the null byte
		return
	}
	for begun := false; !begun; {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		answer := "ERROR\r\n"
		switch line = strings.TrimSpace(line); {
		case line == "AUTH":
			answer = "REJECTED EXTERNAL\r\n"
		case strings.HasPrefix(line, "AUTH EXTERNAL"):
			answer = "OK 0123456789abcdef0123456789abcdef\r\n"
		case line == "BEGIN":
			answer, begun = "", true
		}
		if _, err := c.Write([]byte(answer)); err != nil {
			return
		}
	}
	for {
		call, err := dbus.DecodeMessage(in)
		if err != nil {
			return
		}
		f.answer(c, call)
	}
}

func (c *fakeConn) reply(call *dbus.Message, body ...any) {
	c.send(dbus.TypeMethodReply, map[dbus.HeaderField]dbus.Variant{
		dbus.FieldReplySerial: dbus.MakeVariant(call.Serial()),
	}, body)
}

func (c *fakeConn) fail(call *dbus.Message, name, text string) {
	c.send(dbus.TypeError, map[dbus.HeaderField]dbus.Variant{
		dbus.FieldReplySerial: dbus.MakeVariant(call.Serial()),
		dbus.FieldErrorName:   dbus.MakeVariant(name),
	}, []any{text})
}

func (c *fakeConn) signal(path dbus.ObjectPath, face, member string, body ...any) {
	c.send(dbus.TypeSignal, map[dbus.HeaderField]dbus.Variant{
		dbus.FieldPath:      dbus.MakeVariant(path),
		dbus.FieldInterface: dbus.MakeVariant(face),
		dbus.FieldMember:    dbus.MakeVariant(member),
	}, body)
}

func (c *fakeConn) send(kind dbus.Type, headers map[dbus.HeaderField]dbus.Variant, body []any) {
	if len(body) > 0 {
		headers[dbus.FieldSignature] = dbus.MakeVariant(dbus.SignatureOf(body...))
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	m := dbus.Message{Type: kind, Headers: headers, Body: body}
	if err := m.EncodeTo(c, binary.LittleEndian); err != nil && !errors.Is(err, net.ErrClosed) {
		c.Close()
	}
}
