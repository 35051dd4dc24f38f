package cron

import (
	"fmt"
	"strings"
)

// reader walks through a line as cron's load_entry does. What cron accepts
// without a word although it cannot have been meant goes into odd.
type reader struct {
	line string
	at   int
	odd  []Mistake
}

// peek is the next byte; at the end of the line it is a line feed, as in a
// file.
func (r *reader) peek() byte {
	if r.at >= len(r.line) {
		return '\n'
	}
	return r.line[r.at]
}

func (r *reader) skipBlanks() {
	for r.peek() == ' ' || r.peek() == '\t' {
		r.at++
	}
}

// word takes letters and digits.
func (r *reader) word() string {
	start := r.at
	for isAlphanumeric(r.peek()) {
		r.at++
	}
	return r.line[start:r.at]
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// rest is what comes up to the next blank.
func (r *reader) rest() string {
	text := r.line[min(r.at, len(r.line)):]
	if i := strings.IndexAny(text, " \t\n"); i >= 0 {
		text = text[:i]
	}
	return text
}

// list reads a field: ranges with commas between them, and the blanks behind.
// Cron passes over whatever follows a range, up to the next blank.
func (r *reader) list(f field) (set, *Mistake) {
	if r.peek() == '\n' {
		return 0, r.mistake(r.at, 0, "a schedule has five fields; the "+f.name+" is missing", "")
	}
	var s set
	for {
		more, bad := r.span(f)
		if bad != nil {
			return 0, bad
		}
		s |= more
		if r.peek() != ',' {
			break
		}
		r.at++
	}
	if ignored := r.rest(); ignored != "" {
		m := r.mistake(r.at, len(ignored), "cron passes over "+quoted(ignored)+" in the "+f.name, f.hintBehind(r.line[:r.at], ignored))
		r.odd = append(r.odd, *m)
		r.at += len(ignored)
	}
	r.skipBlanks()
	return s, nil
}

// span reads *, a number or a range, and its step.
func (r *reader) span(f field) (set, *Mistake) {
	start := r.at
	low, high := f.low, f.high
	if r.peek() == '*' {
		r.at++
	} else {
		var bad *Mistake
		if low, bad = r.number(f); bad != nil {
			return 0, bad
		}
		switch r.peek() {
		case '/':
			hint := fmt.Sprintf("write %s-%d%s", r.line[start:r.at], f.high, r.rest())
			return 0, r.mistake(start, r.at-start+len(r.rest()), "a step needs a range in front of it", hint)
		case '-':
			r.at++
			if high, bad = r.number(f); bad != nil {
				return 0, bad
			}
		default:
			return 1 << low, nil
		}
	}
	step, bad := r.step()
	if bad != nil {
		return 0, bad
	}
	if low > high {
		m := r.mistake(start, r.at-start, "the range "+quoted(r.line[start:r.at])+" runs backwards, so that it stands for nothing", f.aroundTheEnd(r.line[start:r.at]))
		r.odd = append(r.odd, *m)
	}
	var s set
	for n := low; n <= high; n += step {
		s |= 1 << n
	}
	return s, nil
}

func (r *reader) number(f field) (int, *Mistake) {
	start := r.at
	word := r.word()
	n, ok := f.number(word)
	if ok && n >= f.low && n <= f.high {
		return n, nil
	}
	if word == "" {
		word = r.rest()
	}
	if word == "" {
		return 0, r.mistake(start, 0, f.a()+" is missing here", "write "+f.allowed())
	}
	return 0, r.mistake(start, len(word), quoted(word)+" is not "+f.a(), f.hint(word))
}

func (r *reader) step() (int, *Mistake) {
	if r.peek() != '/' {
		return 1, nil
	}
	r.at++
	start := r.at
	word := r.word()
	if n, ok := digits(word); ok && n > 0 {
		return n, nil
	}
	return 0, r.mistake(start, len(word), quoted(word)+" is not a step", "write a number from 1 on")
}
