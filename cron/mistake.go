package cron

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Mistake is something that is wrong with a schedule, and where. Column counts
// from 1, in characters.
type Mistake struct {
	Column, Length int
	Message        string
	Hint           string // what to write, or ""
}

func (m *Mistake) Error() string { return m.Message }

// mistake makes one out of offsets in bytes.
func (r *reader) mistake(start, length int, message, hint string) *Mistake {
	start = min(start, len(r.line))
	end := min(start+length, len(r.line))
	return &Mistake{
		Column: utf8.RuneCountInString(r.line[:start]) + 1, Length: utf8.RuneCountInString(r.line[start:end]),
		Message: message, Hint: hint,
	}
}

// quoted shows a piece of a line that may hold anything.
func quoted(s string) string {
	const longest = 40
	if len(s) > longest {
		s = strings.ToValidUTF8(s[:longest], "") + "…"
	}
	return strconv.Quote(s)
}

// a is the field with its article.
func (f field) a() string {
	if f.name == hours.name {
		return "an " + f.name
	}
	return "a " + f.name
}

// hint says what to write instead. It knows what other schedulers take.
func (f field) hint(written string) string {
	const others = "LWlw?#"
	switch {
	case strings.HasPrefix(written, "~"):
		return "random times are not known here; random_delay does that"
	case strings.Trim(written, others+"0123456789") == "" && strings.ContainsAny(written, others):
		return "L, W, ? and # belong to other schedulers"
	case shortcuts["@"+written] != "" || "@"+written == atReboot:
		return "write @" + written
	case f.names != nil && len(written) > 3:
		if _, ok := f.number(written[:3]); ok {
			return "write " + written[:3]
		}
	}
	return "write " + f.allowed()
}

// hintBehind is about what follows a range.
func (f field) hintBehind(written, ignored string) string {
	if _, ok := digits(ignored); ok && strings.HasSuffix(written, "*") {
		return fmt.Sprintf("for every %s %ss write */%s", ignored, f.name, ignored)
	}
	if hint := f.hint(ignored); hint != "write "+f.allowed() {
		return hint
	}
	return "write numbers, ranges as in 1-5 and steps as in */2, with commas between them"
}

// aroundTheEnd writes a range that runs backwards as two.
func (f field) aroundTheEnd(written string) string {
	written, step, _ := strings.Cut(written, "/")
	if step != "" {
		return "write it as two ranges"
	}
	low, high, _ := strings.Cut(written, "-")
	return fmt.Sprintf("write %s-%d,%d-%s", low, f.high, f.low, high)
}
