package bus

import (
	"encoding/binary"
	"errors"
	"slices"
)

// Types of messages and fields of their headers (D-Bus specification, "Message
// Protocol").
const (
	typeCall   = 1
	typeSignal = 4

	fieldInterface   = 2
	fieldDestination = 6
	fieldSender      = 7
	fieldSignature   = 8
	lastField        = 9

	knownFlags = 7
)

// fixedPart is the length of what every message begins with, up to and with
// the length of the header fields.
const fixedPart = 16

var errMalformed = errors.New("the bus sent a malformed message")

// header is what a message says of itself.
type header struct {
	order  binary.ByteOrder
	fixed  [fixedPart]byte
	fields []field
}

// field is a header field with its own bytes, which begin at a multiple of 8.
type field struct {
	code byte
	text string // of fields that are strings or signatures
	raw  []byte
}

func parseFixed(fixed [fixedPart]byte) (header, error) {
	h := header{fixed: fixed}
	switch fixed[0] {
	case 'l':
		h.order = binary.LittleEndian
	case 'B':
		h.order = binary.BigEndian
	default:
		return h, errMalformed
	}
	return h, nil
}

func (h *header) kind() byte           { return h.fixed[1] }
func (h *header) bodyLength() uint32   { return h.order.Uint32(h.fixed[4:]) }
func (h *header) fieldsLength() uint32 { return h.order.Uint32(h.fixed[12:]) }

// forgetUnknown takes out the flags and fields that the specification has
// readers ignore and the bus passes on: the library loses a message over one,
// and its caller would never be answered.
func (h *header) forgetUnknown() {
	h.fixed[2] &= knownFlags
	h.fields = slices.DeleteFunc(h.fields, func(f field) bool { return f.code == 0 || f.code > lastField })
}

func (h *header) text(code byte) string {
	for _, f := range h.fields {
		if f.code == code {
			return f.text
		}
	}
	return ""
}

// drop takes fields out.
func (h *header) drop(codes ...byte) {
	h.fields = slices.DeleteFunc(h.fields, func(f field) bool { return slices.Contains(codes, f.code) })
}

// parseFields reads the fields that follow the fixed part: a(yv), of which the
// specification uses the types o, s, g and u. None is there twice, or two
// readers could see two messages.
func (h *header) parseFields(data []byte) error {
	var seen [256]bool
	for at := 0; at < len(data); {
		length, text, err := h.parseField(data[at:])
		if err != nil {
			return err
		}
		if seen[data[at]] {
			return errMalformed
		}
		seen[data[at]] = true
		h.fields = append(h.fields, field{data[at], text, data[at : at+length]})
		at += padded(length)
	}
	return nil
}

func (h *header) parseField(data []byte) (length int, text string, err error) {
	// The code, and the signature of a variant: its length, one letter, NUL.
	if len(data) < 4 || data[1] != 1 || data[3] != 0 {
		return 0, "", errMalformed
	}
	switch data[2] {
	case 'u':
		length = 8
	case 'o', 's':
		if len(data) < 8 {
			return 0, "", errMalformed
		}
		size := h.order.Uint32(data[4:])
		if uint64(size) >= uint64(len(data)) {
			return 0, "", errMalformed
		}
		length = 8 + int(size) + 1
	case 'g':
		if len(data) < 5 {
			return 0, "", errMalformed
		}
		length = 5 + int(data[4]) + 1
	default:
		return 0, "", errMalformed
	}
	if length > len(data) {
		return 0, "", errMalformed
	}
	switch data[2] {
	case 'o', 's':
		text = string(data[8 : length-1])
	case 'g':
		text = string(data[5 : length-1])
	}
	return length, text, nil
}

// bytes is the header with the fields that are left, up to where the body
// begins.
func (h *header) bytes(body uint32) []byte {
	out := append([]byte(nil), h.fixed[:]...)
	for _, f := range h.fields {
		out = append(out, make([]byte, padded(len(out))-len(out))...)
		out = append(out, f.raw...)
	}
	h.order.PutUint32(out[4:], body)
	h.order.PutUint32(out[12:], uint32(len(out)-fixedPart))
	return append(out, make([]byte, padded(len(out))-len(out))...)
}

// padded rounds up to a multiple of 8.
func padded(n int) int { return (n + 7) &^ 7 }
