package units

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Infinity is the duration that never ends.
const Infinity = time.Duration(math.MaxInt64)

var (
	// word covers what systemd's closed sets are made of, base64, and lists
	// that begin with ~ (SystemCallFilter=).
	word     = newCharset(alphanumeric + "@._:/=,~+-")
	calendar = newCharset(alphanumeric + "*@._:/,~+- ")
)

// Word sets a single token: Type=notify, Restart=always.
func (s *Section) Word(key, value string) *Section {
	if !word.spans(value) {
		return s.refuse(key, value, "not a single word of letters, digits and @._:/=,~+-")
	}
	return s.add(key, value)
}

// Words sets tokens separated by spaces: RestrictAddressFamilies=AF_UNIX
// AF_INET. No tokens at all write nothing.
func (s *Section) Words(key string, values ...string) *Section {
	for _, value := range values {
		if !word.spans(value) {
			return s.refuse(key, value, "not a single word of letters, digits and @._:/=,~+-")
		}
	}
	return s.list(key, values)
}

// Bool sets yes or no.
func (s *Section) Bool(key string, value bool) *Section {
	if value {
		return s.add(key, "yes")
	}
	return s.add(key, "no")
}

// Int sets a whole number.
func (s *Section) Int(key string, value int) *Section { return s.add(key, strconv.Itoa(value)) }

// Bytes sets a size.
func (s *Section) Bytes(key string, value uint64) *Section {
	return s.add(key, strconv.FormatUint(value, 10))
}

// Percent sets a share in per cent, which may be above 100: CPUQuota=150%.
func (s *Section) Percent(key string, value int) *Section {
	if value <= 0 {
		return s.refuse(key, strconv.Itoa(value), "a share begins at 1 per cent")
	}
	return s.add(key, strconv.Itoa(value)+"%")
}

// Duration sets a span of time, exactly: 1min 30s. systemd counts in
// microseconds.
func (s *Section) Duration(key string, value time.Duration) *Section {
	span, ok := formatSpan(value)
	if !ok {
		return s.refuse(key, value.String(), "not a span of whole microseconds")
	}
	return s.add(key, span)
}

// formatSpan writes a duration as in systemd.time(7).
func formatSpan(d time.Duration) (string, bool) {
	switch {
	case d == Infinity:
		return "infinity", true
	case d < 0 || d%time.Microsecond != 0:
		return "", false
	case d == 0:
		return "0", true
	}
	var parts []string
	for _, unit := range []struct {
		name string
		size time.Duration
	}{
		{"d", 24 * time.Hour},
		{"h", time.Hour},
		{"min", time.Minute},
		{"s", time.Second},
		{"ms", time.Millisecond},
		{"us", time.Microsecond},
	} {
		if n := d / unit.size; n > 0 {
			parts = append(parts, fmt.Sprintf("%d%s", n, unit.name))
			d -= n * unit.size
		}
	}
	return strings.Join(parts, " "), true
}

// Calendar sets a calendar expression of systemd.time(7): Mon *-*-* 04:30:00.
// Only its characters are looked at.
func (s *Section) Calendar(key, value string) *Section {
	if !calendar.spans(value) || !isTrimmed(value) {
		return s.refuse(key, value, "not a calendar expression")
	}
	return s.add(key, value)
}

// Text sets free text up to the end of the line: Description=.
func (s *Section) Text(key, value string) *Section {
	if why := textProblem(value); why != "" {
		return s.refuse(key, value, why)
	}
	return s.add(key, escapePercent(value))
}

func textProblem(value string) string {
	switch {
	case value == "":
		return "empty, which systemd takes for not set"
	case !isTrimmed(value):
		return "systemd would strip the white space around it"
	case continues(value):
		return "a backslash at the end would continue the line"
	}
	return rawProblem(value)
}

// Units sets names of units: Wants=, After=, Slice=. No names at all write
// nothing.
func (s *Section) Units(key string, names ...string) *Section {
	for _, name := range names {
		if err := ValidName(name); err != nil {
			return s.fail(key, err.Error())
		}
		if isTemplate(name) {
			return s.refuse(key, name, "a template, which systemd would make an instance of")
		}
	}
	return s.list(key, names)
}

// Raw sets what the user wrote for systemd, as it is: specifiers, quotes and
// variables keep their meaning. Only what would leave the line is refused.
func (s *Section) Raw(key, value string) *Section {
	if continues(value) {
		return s.refuse(key, value, "a backslash at the end would continue the line")
	}
	if why := rawProblem(strings.ReplaceAll(value, "\t", " ")); why != "" {
		return s.refuse(key, value, why)
	}
	return s.add(key, value)
}

func rawProblem(value string) string {
	switch {
	case !utf8.ValidString(value):
		return "not UTF-8"
	case hasControl(value):
		return "has a line break or another control character"
	}
	return ""
}

func (s *Section) list(key string, words []string) *Section {
	if len(words) == 0 {
		return s
	}
	return s.add(key, strings.Join(words, " "))
}
