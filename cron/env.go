package cron

import "strings"

// The states of reading a setting, in the order in which they are passed.
const (
	beforeName = iota
	inName
	beforeEquals
	beforeValue
	atValue
	inValue
	behindValue
)

// setting reads a line as NAME = VALUE, with either in quotes. It follows
// load_env of cron state by state: the manual page says less than it does.
func setting(line string, d Dialect) (name, value string, ok bool) {
	var text [2]strings.Builder // the name and the value
	state, quote, part := beforeName, byte(0), 0
	for i := 0; i < len(line); {
		c := line[i]
		switch state {
		case beforeName, atValue:
			if c == '\'' || c == '"' {
				quote = c
				i++
			}
			state++
		case inName, inValue:
			switch {
			case quote != 0 && c == quote:
				state++
				i++
			case quote != 0 && state == inName && c == '=':
				return "", "", false
			case quote == 0 && state == inName && isSpace(c):
				state++
				i++
			case quote == 0 && state == inName && c == '=':
				state++
			default:
				text[part].WriteByte(c)
				i++
			}
		case beforeEquals:
			if c == '=' {
				state, quote, part = beforeValue, 0, 1
			} else if !isSpace(c) {
				return "", "", false
			}
			i++
		case beforeValue, behindValue:
			if isSpace(c) {
				i++
				continue
			}
			if state == behindValue {
				return "", "", false
			}
			state++
		}
	}
	switch {
	case state == behindValue:
	case state == inValue && quote == 0:
	default:
		return "", "", false
	}
	value = text[1].String()
	if state == inValue || d == Debian {
		value = strings.TrimRight(value, spaces)
	}
	if d == Debian {
		value = unquoted(value)
	}
	return text[0].String(), value, true
}

const spaces = " \t\n\v\f\r"

func isSpace(c byte) bool { return strings.IndexByte(spaces, c) >= 0 }

// unquoted takes a second pair of quotes away, as Debian's cron does.
func unquoted(value string) string {
	if n := len(value); n >= 2 && (value[0] == '\'' || value[0] == '"') && value[n-1] == value[0] {
		return value[1 : n-1]
	}
	return value
}
