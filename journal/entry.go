package journal

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"ecounit/lazy"
)

// Entry is one entry of the journal: a line that a process printed, or what
// systemd said about a unit.
type Entry struct {
	Time time.Time `json:"time"`
	Unit string    `json:"unit"` // "" when the journal does not say
	// Manager: systemd wrote this about the unit ("Started …", "Failed with
	// result …"), not one of the unit's processes.
	Manager    bool   `json:"manager"`
	Identifier string `json:"identifier"` // SyslogIdentifier=, or the program's name
	PID        int    `json:"pid"`
	Priority   int    `json:"priority"` // as in syslog(3), from 0 emergency to 7 debug
	// Message is as it was written: any bytes, lines separated by \n.
	Message string `json:"message"`
	// Omitted: the message is too long to be read, and Message is empty.
	Omitted bool `json:"omitted,omitempty"`
	// MessageID names the kind of a message of systemd's (journalctl --catalog).
	MessageID    string `json:"message_id,omitempty"`
	InvocationID string `json:"invocation_id"`
}

// omittedText stands in the place of a message that is too long.
const omittedText = "(a message that is too long to show)"

// colours are the escape sequences that a program sends when it takes its
// output for a terminal.
var colours = lazy.Regexp("\x1b\\[[0-9;:]*m")

// Text is the message for people: no byte of it does anything to a terminal
// but end a line or move to a tab stop. Colours are left out, other control
// characters are spelled as in \x1b.
func (e Entry) Text() string {
	if e.Omitted {
		return omittedText
	}
	text := strings.ReplaceAll(strings.TrimRight(e.Message, "\r\n"), "\r\n", "\n")
	if utf8.ValidString(text) && !strings.ContainsFunc(text, spelled) {
		return text
	}
	var b strings.Builder
	text = colours().ReplaceAllString(text, "")
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case !spelled(r):
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		i += size
	}
	return b.String()
}

// spelled reports whether a character is not shown as it is: control
// characters, and those that turn the direction of the text around.
func spelled(r rune) bool {
	switch {
	case r == '\t' || r == '\n':
		return false
	case unicode.IsControl(r):
		return true
	}
	return unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
}
