package bus

import (
	"bytes"
	"io"
	"net"
	"testing"

	"github.com/godbus/dbus/v5"
)

// stream is a connection from which bytes come, and then no more.
type stream struct {
	net.Conn
	*bytes.Reader
}

func (s stream) Read(p []byte) (int, error) { return s.Reader.Read(p) }

// FuzzSieve: whatever comes from the bus, what comes through is no longer than
// allowed, of types that are served, and read by the library without a panic.
func FuzzSieve(f *testing.F) {
	call := message{kind: typeCall, path: testPath, face: testFace, member: "Echo", sender: ":1.42", sig: "s", body: text("x")}
	f.Add(call.bytes(1))
	other := call
	other.sig, other.body = "v", []byte("\x01y\x00\x07")
	f.Add(append(other.bytes(2), call.bytes(3)...))
	other.kind, other.sender = typeSignal, driver
	f.Add(other.bytes(4))
	f.Add([]byte("l\x01\x00\x01\xff\xff\xff\xff\x01\x00\x00\x00\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := &sieve{
			Conn:   stream{Reader: bytes.NewReader(data)},
			named:  func(destination string) bool { return destination == testName },
			serves: func(signature string) bool { return signature == "" || signature == "s" },
		}
		s.begun.Store(true)
		for {
			before := s.ready.Len()
			if err := s.next(); err != nil {
				break
			}
			if grown := s.ready.Len() - before; grown > maxMessage+2*maxFields {
				t.Fatalf("a message of %d bytes came through", grown)
			}
		}
		for {
			m, err := dbus.DecodeMessage(io.Reader(&s.ready))
			if err != nil {
				return
			}
			signature, _ := m.Headers[dbus.FieldSignature].Value().(dbus.Signature)
			if m.Type == dbus.TypeMethodCall && signature.String() != "" && signature.String() != "s" {
				t.Fatalf("a call with %q came through", signature)
			}
		}
	})
}
