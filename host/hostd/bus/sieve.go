package bus

import (
	"bytes"
	"io"
	"net"
	"sync/atomic"
)

const (
	// maxMessage is many times what the longest honest call takes.
	maxMessage = 64 << 10
	maxFields  = 4 << 10

	driver = "org.freedesktop.DBus"
	peer   = "org.freedesktop.DBus.Peer"
)

// sieve is the connection to the bus as the D-Bus library reads it. The bus
// passes on messages of 128 MiB in any of endlessly many types; the library
// takes memory for each, keeps each new type for ever, and ends the connection
// over some. So a call of another type than those served comes through without
// its body and without its interface, by which the handler knows it. Signals of
// users do not come through at all, nor calls to the connection's unique name:
// when the name of the service is given back, no more come. Nor does a call that
// cannot be read.
type sieve struct {
	net.Conn
	named  func(destination string) bool // whether calls are for this name
	serves func(signature string) bool   // whether calls have these arguments
	calls  atomic.Int64                  // that came through and were not answered yet

	begun atomic.Bool  // the authentication is over, messages follow
	ready bytes.Buffer // for the library to read
}

// Write also notices the end of the authentication, which the client declares.
func (s *sieve) Write(p []byte) (int, error) {
	if bytes.Equal(p, []byte("BEGIN\r\n")) {
		s.begun.Store(true)
	}
	return s.Conn.Write(p)
}

func (s *sieve) Read(p []byte) (int, error) {
	if !s.begun.Load() {
		return s.Conn.Read(p)
	}
	for s.ready.Len() == 0 {
		s.ready.Reset()
		if err := s.next(); err != nil {
			return 0, err
		}
	}
	return s.ready.Read(p)
}

// next reads a message and makes ready what is to be seen of it.
func (s *sieve) next() error {
	var fixed [fixedPart]byte
	if _, err := io.ReadFull(s.Conn, fixed[:]); err != nil {
		return err
	}
	h, err := parseFixed(fixed)
	if err != nil {
		return err
	}
	fields, body := int64(padded(int(h.fieldsLength()))), int64(h.bodyLength())
	if fields > maxFields {
		return s.skip(fields + body)
	}
	data := make([]byte, fields)
	if _, err := io.ReadFull(s.Conn, data); err != nil {
		return err
	}
	if err := h.parseFields(data[:h.fieldsLength()]); err != nil {
		return s.skip(body)
	}
	h.forgetUnknown()
	switch {
	case h.kind() == typeSignal && h.text(fieldSender) != driver,
		h.kind() == typeCall && !s.named(h.text(fieldDestination)),
		h.kind() != typeCall && body > maxMessage:
		return s.skip(body)
	case h.kind() == typeCall && (body > maxMessage || !s.serves(h.text(fieldSignature))):
		h.drop(fieldSignature, fieldInterface)
		s.pass(h, 0)
		return s.skip(body)
	}
	s.pass(h, uint32(body))
	_, err = io.CopyN(&s.ready, s.Conn, body)
	return err
}

// pass makes a header ready as the library is to see it, and counts what the
// library hands to the handler, which counts down: that is every call but those
// of the peer's interface, which it answers itself.
func (s *sieve) pass(h header, body uint32) {
	if h.kind() == typeCall && h.text(fieldInterface) != peer {
		s.calls.Add(1)
	}
	s.ready.Write(h.bytes(body))
}

func (s *sieve) skip(length int64) error {
	_, err := io.CopyN(io.Discard, s.Conn, length)
	return err
}
