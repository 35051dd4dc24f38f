package bus

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"
)

// fakeBus is a system bus with one connection.
type fakeBus struct {
	socket   string
	handlers map[string]func(call *dbus.Message) []any // by member; a dbus.Error is an error

	mu      sync.Mutex
	conn    net.Conn
	replies chan *dbus.Message // to calls of the fake's
	serial  uint32
}

func serveBus(t *testing.T) *fakeBus {
	t.Helper()
	b := &fakeBus{
		socket: filepath.Join(t.TempDir(), "bus"), replies: make(chan *dbus.Message, 100),
		handlers: map[string]func(*dbus.Message) []any{},
	}
	listener, err := net.Listen("unix", b.socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		conn, err := listener.Accept()
		if err == nil {
			b.serve(conn)
		}
	}()
	return b
}

func (b *fakeBus) serve(conn net.Conn) {
	defer conn.Close()
	b.mu.Lock()
	b.conn = conn
	b.mu.Unlock()
	in := bufio.NewReader(conn)
	if _, err := in.ReadByte(); err != nil {
		return
	}
	for begun := false; !begun; {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		answer := ""
		switch line = strings.TrimSpace(line); {
		case line == "AUTH":
			answer = "REJECTED EXTERNAL\r\n"
		case strings.HasPrefix(line, "AUTH EXTERNAL"):
			answer = "OK 0123456789abcdef0123456789abcdef\r\n"
		case line == "BEGIN":
			begun = true
		}
		if _, err := conn.Write([]byte(answer)); err != nil {
			return
		}
	}
	for {
		m, err := dbus.DecodeMessage(in)
		if err != nil {
			return
		}
		if m.Type != dbus.TypeMethodCall {
			b.replies <- m
			continue
		}
		b.answer(m)
	}
}

func (b *fakeBus) answer(call *dbus.Message) {
	member := call.Headers[dbus.FieldMember].Value().(string)
	var body []any
	switch handle := b.handlers[member]; {
	case handle != nil:
		body = handle(call)
	case member == "Hello":
		body = []any{":1.7"}
	case member == "RequestName":
		b.signal("NameAcquired")
		body = []any{uint32(1)}
	case member == "ReleaseName":
		b.signal("NameLost")
		body = []any{uint32(1)}
	}
	reply := &dbus.Message{Type: dbus.TypeMethodReply, Body: body, Headers: map[dbus.HeaderField]dbus.Variant{
		dbus.FieldReplySerial: dbus.MakeVariant(call.Serial()),
	}}
	if len(body) == 1 {
		if e, isError := body[0].(dbus.Error); isError {
			reply.Type, reply.Body = dbus.TypeError, e.Body
			reply.Headers[dbus.FieldErrorName] = dbus.MakeVariant(e.Name)
		}
	}
	if len(reply.Body) > 0 {
		reply.Headers[dbus.FieldSignature] = dbus.MakeVariant(dbus.SignatureOf(reply.Body...))
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := reply.EncodeTo(b.conn, binary.LittleEndian); err != nil && !errors.Is(err, net.ErrClosed) {
		b.conn.Close()
	}
}

// signal tells of the name of the object, which the library wants to know.
func (b *fakeBus) signal(member string) {
	m := message{kind: typeSignal, path: "/org/freedesktop/DBus", face: driver, member: member, sender: driver, to: ":1.7", sig: "s", body: text(testName)}
	_ = b.send(m.bytes(1)) // an error shows in what follows
}

// send sends bytes of any kind.
func (b *fakeBus) send(data []byte) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, err := b.conn.Write(data)
	return err
}

// message is one that a user sent, byte by byte.
type message struct {
	kind, flags byte
	path, face  string
	member, to  string // to the name of the object by default
	sender, sig string
	extra       string // a header field as it is on the wire
	body        []byte
}

// bytes is the message as the bus passes it on.
func (m message) bytes(serial uint32) []byte {
	out := []byte{'l', m.kind, m.flags, 1}
	out = binary.LittleEndian.AppendUint32(out, uint32(len(m.body)))
	out = binary.LittleEndian.AppendUint32(out, serial)
	out = append(out, 0, 0, 0, 0)
	for _, f := range []struct {
		code  byte
		kind  byte
		value string
	}{{1, 'o', m.path}, {2, 's', m.face}, {3, 's', m.member}, {6, 's', cmp.Or(m.to, testName)}, {7, 's', m.sender}, {8, 'g', m.sig}} {
		if f.value == "" {
			continue
		}
		out = append(out, make([]byte, padded(len(out))-len(out))...)
		out = append(out, f.code, 1, f.kind, 0)
		if f.kind == 'g' {
			out = append(out, byte(len(f.value)))
		} else {
			out = binary.LittleEndian.AppendUint32(out, uint32(len(f.value)))
		}
		out = append(append(out, f.value...), 0)
	}
	if m.extra != "" {
		out = append(append(out, make([]byte, padded(len(out))-len(out))...), m.extra...)
	}
	binary.LittleEndian.PutUint32(out[12:], uint32(len(out)-fixedPart))
	out = append(out, make([]byte, padded(len(out))-len(out))...)
	return append(out, m.body...)
}

// call sends a call of alice's and returns its serial.
func (b *fakeBus) call(t *testing.T, m message) uint32 {
	t.Helper()
	b.mu.Lock()
	b.serial++
	serial := b.serial
	b.mu.Unlock()
	m.kind, m.sender = typeCall, ":1.42"
	if err := b.send(m.bytes(serial)); err != nil {
		t.Fatal(err)
	}
	return serial
}

// text is a string as the body of a message has it.
func text(s string) []byte {
	return append(append(binary.LittleEndian.AppendUint32(nil, uint32(len(s))), s...), 0)
}
