package descriptor

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"ecounit/tomlfile"
)

// Prefix says whether the app sees the site's path in front of each request.
type Prefix string

// Forms lists what may be written.
func (Prefix) Forms() []Form { return tomlfile.OneOf("keep", "strip") }

// Policy says when systemd starts a process again.
type Policy string

// Forms lists what may be written.
func (Policy) Forms() []Form { return tomlfile.OneOf("always", "on-failure", "never") }

// Level is a set of sandbox directives.
type Level string

// Forms lists what may be written.
func (Level) Forms() []Form { return tomlfile.OneOf("off", "basic", "strict") }

// Duration is a time span as in systemd.time(7): "500ms", "1min 30s", or a
// number of seconds. Zero means that it is not set: none of the keys takes 0.
type Duration time.Duration

var spanUnits = map[string]time.Duration{
	"us": time.Microsecond, "usec": time.Microsecond,
	"ms": time.Millisecond, "msec": time.Millisecond,
	"s": time.Second, "sec": time.Second, "second": time.Second, "seconds": time.Second, "": time.Second,
	"m": time.Minute, "min": time.Minute, "minute": time.Minute, "minutes": time.Minute,
	"h": time.Hour, "hr": time.Hour, "hour": time.Hour, "hours": time.Hour,
	"d": 24 * time.Hour, "day": 24 * time.Hour, "days": 24 * time.Hour,
}

const (
	spanNumber = `([0-9]{1,9}(?:\.[0-9]{1,6})?)`
	spanHint   = `write a time span as systemd does: "500ms", "30s", "1min 30s"`
	maxSpan    = 24 * time.Hour
	maxWritten = 64 // characters of a time span
)

var (
	spanUnit = strings.Join(slices.Sorted(maps.Keys(spanUnits))[1:], "|")
	// A number without a unit ends in a blank: "12" is not "1" and "2".
	spanPattern = tomlfile.NewPattern(`^[ \t]*(` + spanNumber + `([ \t]*(` + spanUnit + `)[ \t]*|[ \t]+|$))+$`)
	spanPart    = tomlfile.NewPattern(spanNumber + `[ \t]*([a-z]*)`)
)

// Forms lists what may be written.
func (Duration) Forms() []Form {
	return []Form{
		{Type: "string", Pattern: spanPattern, MaxLength: maxWritten},
		{Type: "integer", Min: 1, Max: int64(maxSpan / time.Second)},
	}
}

// ReadValue reads it from the file.
func (s *Duration) ReadValue(v tomlfile.Value) {
	var total time.Duration
	ok := true
	switch v.Kind() {
	case tomlfile.Integer:
		total = time.Duration(max(0, min(v.Int(), 1<<32))) * time.Second
	case tomlfile.String:
		total, ok = span(v.Text())
	default:
		v.Mismatch("a time span", spanHint)
		return
	}
	switch {
	case !ok:
		v.Wrong(spanHint, "%s is not a time span", v.Written())
	case total > maxSpan:
		v.Wrong(spanHint, "%s is longer than a day", v.Written())
	case total <= 0:
		v.Wrong(spanHint, "%s is not longer than zero", v.Written())
	default:
		*s = Duration(total)
	}
}

// span adds up the parts of a time span, in whole microseconds as systemd
// does. What is longer than a day is not added up exactly.
func span(s string) (total time.Duration, ok bool) {
	if len(s) > maxWritten || !spanPattern.MatchString(s) {
		return 0, false
	}
	for _, part := range spanPart.Regexp().FindAllStringSubmatch(s, -1) {
		number, err := strconv.ParseFloat(part[1], 64)
		if err != nil {
			return 0, false
		}
		total += time.Duration(math.Round(min(number*float64(spanUnits[part[2]]), float64(2*maxSpan))))
		total = min(total, 2*maxSpan)
	}
	return total.Truncate(time.Microsecond), true
}

// Bytes is an amount of memory. Zero means that it is not set.
type Bytes uint64

// memory is an amount of it. 1M is less than any interpreter needs.
var memory = tomlfile.Size{What: "an amount of memory", Least: 1 << 20}

// Forms lists what may be written.
func (Bytes) Forms() []Form { return memory.Forms() }

// ReadValue reads it from the file.
func (b *Bytes) ReadValue(v tomlfile.Value) { *b = Bytes(memory.Read(v)) }

// BodySize is a size of what visitors send. Zero means that it is not set.
type BodySize int64

const maxBodySize = 1 << 40

var bodySize = tomlfile.Size{What: "a size", Least: 1 << 10}

// Forms lists what may be written.
func (BodySize) Forms() []Form { return bodySize.Forms() }

// ReadValue reads it from the file.
func (b *BodySize) ReadValue(v tomlfile.Value) {
	size := bodySize.Read(v)
	if size > maxBodySize {
		v.Wrong("leave it out for no limit", "%s is more than 1T", v.Written())
		return
	}
	*b = BodySize(size)
}

// Percent is a share of one processor: 150 is one and a half. Zero means that
// it is not set.
type Percent int

var percentPattern = tomlfile.NewPattern(`^([1-9][0-9]{0,4})%$`)

// Forms lists what may be written.
func (Percent) Forms() []Form { return []Form{{Type: "string", Pattern: percentPattern}} }

// ReadValue reads it from the file.
func (p *Percent) ReadValue(v tomlfile.Value) {
	const hint = `write per cent of one processor: "150%" is one and a half`
	if v.Kind() != tomlfile.String {
		v.Mismatch("a percentage", hint)
		return
	}
	m := percentPattern.Regexp().FindStringSubmatch(v.Text())
	if m == nil {
		v.Wrong(hint, "%s is not a percentage", v.Written())
		return
	}
	number, _ := strconv.Atoi(m[1]) // at most five digits
	*p = Percent(number)
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

// Ports below are for root alone.
const minPort, maxPort = 1024, 65535

var listenWords = map[string]Listen{"auto": {}, "socket": {Mode: ListenSocket}, "port": {Mode: ListenPort}}

// Forms lists what may be written.
func (Listen) Forms() []Form {
	return []Form{
		{Type: "string", Words: slices.Sorted(maps.Keys(listenWords))},
		{Type: "integer", Min: minPort, Max: maxPort},
	}
}

// ReadValue reads it from the file.
func (l *Listen) ReadValue(v tomlfile.Value) {
	const hint = `write "auto", "socket", "port", or a port number between 1024 and 65535`
	switch v.Kind() {
	case tomlfile.Integer:
		if port := v.Int(); port < minPort || port > maxPort {
			v.Wrong(hint, "the port %d is not between %d and %d", port, minPort, maxPort)
		} else {
			*l = Listen{Mode: ListenPort, Port: int(port)}
		}
	case tomlfile.String:
		word, ok := listenWords[v.Text()]
		if !ok {
			v.Wrong(hint, "%s is not a way to listen", v.Written())
			return
		}
		*l = word
	default:
		v.Mismatch("a word or a port number", hint)
	}
}
