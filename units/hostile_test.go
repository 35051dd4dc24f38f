//go:build machine

package units_test

import (
	"math/rand/v2"
	"strings"

	"ecounit/units"
)

// hostile makes strings that hurt parsers.
type hostile struct {
	*rand.Rand
	systemd int // version of the one that gets them
}

// pieces mean something to systemd, to a shell, to glob or to a terminal.
var pieces = []string{
	"%", "%%", "%n", "%h", "%i", "%t", "%%n", "% ", "%\\", "$", "$$", "$$$", "$HOME", "${HOME}", "$${HOME}", "$1", "${", "}", "$\\",
	`"`, `'`, `\`, `\\`, `\"`, `\'`, `\n`, `\x41`, `\u0041`, `\s`, `\x`, `\;`, "`", "\"'\"", `\\\`, `\ `,
	" ", "  ", "\t", "\n", "\r", "\r\n", "\v", "\f", "\x00", "\x01", "\x1b[31m", "\x7f", "\n[Service]\n", "\nExecStart=/bin/false\n",
	";", " ; ", "#", " # ", "=", "[Service]", "-", "@", ":", "+", "!", "!!", "~", "|", "&", "<", ">", ",", ".", "..",
	"*", "?", "[a-z]", "[", "]", "{a,b}", "^", "é", "日本", "🙂", "\u0085", "\u00a0", "\u2028", "\u202e", "\ufeff", "\ufffd", "\u0300",
	"\xff", "\xc3", "\xed\xa0\x80", "\xc0\x80", "a", "Z", "0", "x86", "word", "true", "A=b",
}

func (h hostile) string() string {
	var out strings.Builder
	length := h.IntN(12)
	switch h.IntN(20) {
	case 0:
		return ""
	case 1:
		length = h.IntN(300)
	case 2:
		return strings.Repeat(h.piece(), 1+h.IntN(2000))
	}
	for range length {
		switch h.IntN(40) {
		case 0:
			out.WriteByte(byte(h.IntN(256)))
		case 1, 2, 3, 4, 5, 6, 7, 8:
			out.WriteByte(byte(1 + h.IntN(127)))
		case 9, 10, 11, 12:
			out.WriteRune(rune(h.IntN(0x3000)))
		default:
			out.WriteString(h.piece())
		}
	}
	return out.String()
}

func (h hostile) piece() string { return pieces[h.IntN(len(pieces))] }

// path is absolute and clean, so that it comes back as it is.
func (h hostile) path() string {
	var out strings.Builder
	for range 1 + h.IntN(3) {
		name := strings.Trim(strings.ReplaceAll(h.string(), "/", "|"), ".")
		out.WriteString("/" + name + "x"[:h.IntN(2)])
	}
	return strings.TrimRight(strings.ReplaceAll(strings.ReplaceAll(out.String(), "//", "/_/"), "//", "/"), "/") + "e"[:h.IntN(2)]
}

// accepted draws values until one is taken, and counts those refused.
func accepted(refused *int, draw func() string, takes func(string) bool) string {
	for {
		value := draw()
		if takes(value) {
			return value
		}
		*refused++
	}
}

// takes says whether a setter takes a value.
func (h hostile) takes(set func(*units.Section)) bool {
	u := units.New("try.service").For(h.systemd)
	set(u.Section("Service"))
	return u.Err() == nil
}
