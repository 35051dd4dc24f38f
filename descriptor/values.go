package descriptor

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// problem is a bad value, in the words that the user reads.
type problem struct{ message, hint string }

func (p *problem) Error() string { return p.message }

func wrong(hint, format string, args ...any) *problem {
	return &problem{message: fmt.Sprintf(format, args...), hint: hint}
}

// scalar is a value that is written as a TOML string or number and has a type
// of its own. decode gets what the TOML library made of it.
type scalar interface{ decode(v any) *problem }

// enumerated is a string out of a fixed list.
type enumerated interface{ Values() []string }

// Prefix says whether the app sees the site's path in front of each request.
type Prefix string

// Values lists what may be written.
func (Prefix) Values() []string { return []string{"keep", "strip"} }

// Policy says when systemd starts a process again.
type Policy string

// Values lists what may be written.
func (Policy) Values() []string { return []string{"always", "on-failure", "never"} }

// Level is a set of sandbox directives.
type Level string

// Values lists what may be written.
func (Level) Values() []string { return []string{"off", "basic", "strict"} }

// Duration is a time span as in systemd.time(7): "500ms", "1min 30s", or a
// number of seconds. Zero means that it is not set: none of the keys takes 0.
type Duration time.Duration

var spanUnits = map[string]time.Duration{
	"us": time.Microsecond, "usec": time.Microsecond,
	"ms": time.Millisecond, "msec": time.Millisecond,
	"s": time.Second, "sec": time.Second, "second": time.Second, "seconds": time.Second, "": time.Second,
	"m": time.Minute, "min": time.Minute, "minute": time.Minute, "minutes": time.Minute,
	"h": time.Hour, "hr": time.Hour, "hour": time.Hour, "hours": time.Hour,
}

var spanPart = regexp.MustCompile(`^\s*(\d{1,9}(?:\.\d{1,6})?)\s*([a-z]*)`)

const spanHint = `write a time span as systemd does: "500ms", "30s", "1min 30s"`

const maxSpan = 24 * time.Hour

func (d *Duration) decode(v any) *problem {
	var text string
	switch v := v.(type) {
	case int64:
		text = strconv.FormatInt(v, 10)
	case string:
		text = v
	default:
		return wrong(spanHint, "expected a time span, got %s", kindOf(v))
	}
	rest, total := text, time.Duration(0)
	for strings.TrimSpace(rest) != "" {
		part := spanPart.FindStringSubmatch(rest)
		if part == nil {
			return wrong(spanHint, "%q is not a time span", text)
		}
		unit, known := spanUnits[part[2]]
		number, err := strconv.ParseFloat(part[1], 64)
		if !known || err != nil {
			return wrong(spanHint, "%q is not a time span", text)
		}
		total += min(time.Duration(number*float64(unit)), 2*maxSpan)
		if total > maxSpan {
			return wrong(spanHint, "%q is longer than a day", text)
		}
		rest = rest[len(part[0]):]
	}
	if total <= 0 {
		return wrong(spanHint, "%q is not longer than zero", text)
	}
	*d = Duration(total)
	return nil
}

// Bytes is an amount of memory. Zero means that it is not set.
type Bytes uint64

var bytesPattern = regexp.MustCompile(`^(\d{1,15})([KMGT]?)$`)

const bytesHint = `write bytes with K, M, G or T (powers of 1024): "512M"`

// minMemory is less than any interpreter needs: below it, a unit was forgotten.
const minMemory = 1 << 20

func (b *Bytes) decode(v any) *problem {
	text, ok := v.(string)
	if n, isInt := v.(int64); isInt {
		text, ok = strconv.FormatInt(n, 10), true
	}
	if !ok {
		return wrong(bytesHint, "expected an amount of memory, got %s", kindOf(v))
	}
	m := bytesPattern.FindStringSubmatch(text)
	if m == nil {
		return wrong(bytesHint, "%q is not an amount of memory", text)
	}
	n, err := strconv.ParseUint(m[1], 10, 64)
	shift := 10 * strings.Index(" KMGT", m[2])
	if m[2] == "" {
		shift = 0
	}
	if err != nil || n > math.MaxInt64>>shift {
		return wrong(bytesHint, "%q is more than any machine has", text)
	}
	if n <<= shift; n < minMemory {
		return wrong(bytesHint, "%q is less than 1M", text)
	}
	*b = Bytes(n)
	return nil
}

// Percent is a share of one processor: 150 is one and a half. Zero means that
// it is not set.
type Percent int

var percentPattern = regexp.MustCompile(`^([1-9]\d{0,4})%$`)

func (p *Percent) decode(v any) *problem {
	const hint = `write per cent of one processor: "150%" is one and a half`
	text, ok := v.(string)
	if !ok {
		return wrong(hint, "expected a percentage, got %s", kindOf(v))
	}
	m := percentPattern.FindStringSubmatch(text)
	if m == nil {
		return wrong(hint, "%q is not a percentage", text)
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return wrong(hint, "%q is not a percentage", text)
	}
	*p = Percent(n)
	return nil
}

// Listen says where the web process is reached. The zero value is auto.
type Listen struct {
	Mode ListenMode
	Port int // with ListenPort: the number asked for, 0 for any
}

// ListenMode is the kind of address.
type ListenMode string

// The kinds of address. With auto the machine decides: a socket where the web
// server can reach one, otherwise a port.
const (
	ListenAuto   ListenMode = ""
	ListenSocket ListenMode = "socket"
	ListenPort   ListenMode = "port"
)

func (l *Listen) decode(v any) *problem {
	const hint = `write "auto", "socket", "port", or a port number between 1024 and 65535`
	switch v := v.(type) {
	case int64:
		if v < 1024 || v > 65535 {
			return wrong(hint, "the port %d is not between 1024 and 65535", v)
		}
		*l = Listen{Mode: ListenPort, Port: int(v)}
		return nil
	case string:
		switch v {
		case "auto":
			*l = Listen{}
		case "socket":
			*l = Listen{Mode: ListenSocket}
		case "port":
			*l = Listen{Mode: ListenPort}
		default:
			return wrong(hint, "%q is not a way to listen", v)
		}
		return nil
	}
	return wrong(hint, "expected a word or a port number, got %s", kindOf(v))
}
