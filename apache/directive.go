package apache

import (
	"bytes"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"ecounit/lazy"
)

// A part is an argument of a directive, or a piece of one, that knows how far
// it can be trusted.
type part interface {
	text() (string, error)
}

// fixed is text of this package. Go turns only constants into it by itself, so
// that no field of a Site becomes one by accident.
type fixed string

// value is text from a Site.
type value string

// number is a number from a Site or of this package.
type number int64

// network is a range of addresses from a Site.
type network netip.Prefix

// word is parts without a space between them.
type word []part

// valuePattern is all that a value may hold. Nothing in it means anything to
// Apache's parser, to its expressions or to a regular expression, but for the
// dot, which stands in socket paths only and those are never in a pattern.
var valuePattern = lazy.Regexp(`^[A-Za-z0-9/._-]+$`)

// networkPattern leaves out a zone, which is any text.
var networkPattern = lazy.Regexp(`^[0-9a-f.:]+/[0-9]+$`)

func (f fixed) text() (string, error) { return string(f), nil }

func (n number) text() (string, error) { return strconv.FormatInt(int64(n), 10), nil }

func (n network) text() (string, error) {
	written := netip.Prefix(n).String()
	if !networkPattern().MatchString(written) {
		return "", fmt.Errorf("cannot put the network %q into an Apache configuration", written)
	}
	return written, nil
}

func (v value) text() (string, error) {
	if !valuePattern().MatchString(string(v)) {
		return "", fmt.Errorf("cannot put %q into an Apache configuration", string(v))
	}
	return string(v), nil
}

func (w word) text() (string, error) {
	var b strings.Builder
	for _, p := range w {
		t, err := p.text()
		if err != nil {
			return "", err
		}
		b.WriteString(t)
	}
	return b.String(), nil
}

// unquoted gives an argument that Apache reads back unchanged between quotes.
// What would need escaping is refused: mod_rewrite parses its own arguments and
// takes \\ and \" differently from the rest of httpd. So is ${, which httpd
// expands even inside quotes.
func unquoted(p part) (string, error) {
	s, err := p.text()
	if err != nil {
		return "", err
	}
	if !quotable(s) {
		return "", fmt.Errorf("cannot quote %q for an Apache configuration", s)
	}
	return s, nil
}

// quotable looks at each byte once: an include has a hundred arguments.
func quotable(s string) bool {
	for i := range len(s) {
		var next byte
		if i+1 < len(s) {
			next = s[i+1]
		}
		switch c := s[i]; {
		case c < ' ', c > '~', c == '"':
			return false
		case c == '\\' && (next == '\\' || next == 0), c == '$' && next == '{':
			return false
		}
	}
	return true
}

// block is a list of directives in order, which may hold sections. The first
// error sticks, and no text comes out after one.
type block struct {
	indent string
	out    *bytes.Buffer
	err    *error
}

// usualSize is room for the include of most apps, taken at once.
const usualSize = 8 << 10

func newBlock() block {
	return block{out: bytes.NewBuffer(make([]byte, 0, usualSize)), err: new(error)}
}

// set adds one directive.
func (b block) set(name fixed, args ...part) {
	b.out.WriteString(b.indent)
	b.out.WriteString(string(name))
	for _, a := range args {
		b.out.WriteString(` "`)
		b.out.WriteString(b.unquoted(name, a))
		b.out.WriteByte('"')
	}
	b.out.WriteByte('\n')
}

// section adds <name arg>…</name>.
func (b block) section(name fixed, arg part, body func(block)) {
	b.enclose(name, ` "`+b.unquoted(name, arg)+`"`, body)
}

// group adds <name>…</name>.
func (b block) group(name fixed, body func(block)) {
	b.enclose(name, "", body)
}

func (b block) enclose(name fixed, arg string, body func(block)) {
	b.line("<" + string(name) + arg + ">")
	body(block{indent: b.indent + "  ", out: b.out, err: b.err})
	b.line("</" + string(name) + ">")
}

// comment adds a line that Apache skips. It is checked like an argument: a
// backslash at its end would swallow the next line.
func (b block) comment(p part) {
	b.line("# " + b.unquoted("comment", p))
}

func (b block) unquoted(name fixed, p part) string {
	s, err := unquoted(p)
	if err != nil && *b.err == nil {
		*b.err = fmt.Errorf("%s: %w", name, err)
	}
	return s
}

func (b block) line(text string) {
	b.out.WriteString(b.indent)
	b.out.WriteString(text)
	b.out.WriteByte('\n')
}

func (b block) bytes() ([]byte, error) {
	if *b.err != nil {
		return nil, *b.err
	}
	return b.out.Bytes(), nil
}
