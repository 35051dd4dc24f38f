package descriptor

import (
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Prefix says whether the app sees the site's path in front of each request.
type Prefix string

// Forms lists what may be written.
func (Prefix) Forms() []Form { return wordsForm("keep", "strip") }

// Policy says when systemd starts a process again.
type Policy string

// Forms lists what may be written.
func (Policy) Forms() []Form { return wordsForm("always", "on-failure", "never") }

// Level is a set of sandbox directives.
type Level string

// Forms lists what may be written.
func (Level) Forms() []Form { return wordsForm("off", "basic", "strict") }

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
	spanPattern = regexp.MustCompile(`^[ \t]*(` + spanNumber + `([ \t]*(` + spanUnit + `)[ \t]*|[ \t]+|$))+$`)
	spanPart    = regexp.MustCompile(spanNumber + `[ \t]*([a-z]*)`)
)

// Forms lists what may be written.
func (Duration) Forms() []Form {
	return []Form{
		{Type: "string", Pattern: spanPattern, MaxLength: maxWritten},
		{Type: "integer", Min: 1, Max: int64(maxSpan / time.Second)},
	}
}

func (s *Duration) decode(d *decoder, path string, n *node) {
	var total time.Duration
	ok := true
	switch n.kind {
	case integer:
		total = time.Duration(max(0, min(n.value.(int64), 1<<32))) * time.Second
	case str:
		total, ok = span(n.value.(string))
	default:
		d.mismatch(path, n, "a time span", spanHint)
		return
	}
	switch {
	case !ok:
		d.wrong(path, n, spanHint, "%s is not a time span", n.written())
	case total > maxSpan:
		d.wrong(path, n, spanHint, "%s is longer than a day", n.written())
	case total <= 0:
		d.wrong(path, n, spanHint, "%s is not longer than zero", n.written())
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
	for _, part := range spanPart.FindAllStringSubmatch(s, -1) {
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

var bytesPattern = regexp.MustCompile(`^([0-9]{1,19})([KMGT]?)$`)

const bytesHint = `write bytes with K, M, G or T (powers of 1024): "512M"`

// minMemory is less than any interpreter needs: below it, a unit was forgotten.
const minMemory = 1 << 20

// Forms lists what may be written.
func (Bytes) Forms() []Form {
	return []Form{{Type: "string", Pattern: bytesPattern}, {Type: "integer", Min: minMemory}}
}

func (b *Bytes) decode(d *decoder, path string, n *node) {
	var written string
	switch n.kind {
	case integer:
		written = strconv.FormatInt(n.value.(int64), 10)
	case str:
		written = n.value.(string)
	default:
		d.mismatch(path, n, "an amount of memory", bytesHint)
		return
	}
	m := bytesPattern.FindStringSubmatch(written)
	if m == nil {
		d.wrong(path, n, bytesHint, "%s is not an amount of memory", n.written())
		return
	}
	number, err := strconv.ParseUint(m[1], 10, 64)
	shift := map[string]int{"": 0, "K": 10, "M": 20, "G": 30, "T": 40}[m[2]]
	switch {
	case err != nil || number > math.MaxInt64>>shift:
		d.wrong(path, n, bytesHint, "%s is more than any machine has", n.written())
	case number<<shift < minMemory:
		d.wrong(path, n, bytesHint, "%s is less than 1M", n.written())
	default:
		*b = Bytes(number << shift)
	}
}

// Percent is a share of one processor: 150 is one and a half. Zero means that
// it is not set.
type Percent int

var percentPattern = regexp.MustCompile(`^([1-9][0-9]{0,4})%$`)

// Forms lists what may be written.
func (Percent) Forms() []Form { return []Form{{Type: "string", Pattern: percentPattern}} }

func (p *Percent) decode(d *decoder, path string, n *node) {
	const hint = `write per cent of one processor: "150%" is one and a half`
	if n.kind != str {
		d.mismatch(path, n, "a percentage", hint)
		return
	}
	m := percentPattern.FindStringSubmatch(n.value.(string))
	if m == nil {
		d.wrong(path, n, hint, "%s is not a percentage", n.written())
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

func (l *Listen) decode(d *decoder, path string, n *node) {
	const hint = `write "auto", "socket", "port", or a port number between 1024 and 65535`
	switch n.kind {
	case integer:
		if port := n.value.(int64); port < minPort || port > maxPort {
			d.wrong(path, n, hint, "the port %d is not between %d and %d", port, minPort, maxPort)
		} else {
			*l = Listen{Mode: ListenPort, Port: int(port)}
		}
	case str:
		word, ok := listenWords[n.value.(string)]
		if !ok {
			d.wrong(path, n, hint, "%s is not a way to listen", n.written())
			return
		}
		*l = word
	default:
		d.mismatch(path, n, "a word or a port number", hint)
	}
}
