package terminal

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"ecounit/internal/hint"
)

func TestPrintable(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"plain text, 1+1=2", "plain text, 1+1=2"},
		{"grüße 日本 😀", "grüße 日本 😀"},
		{"\x1b[31mred\x1b[0m", "?[31mred?[0m"},
		{"bell\x07 back\x08 del\x7f", "bell? back? del?"},
		{"one byte \u009b2J", "one byte ?2J"},
		{"turned \u202e around \u2066", "turned ? around ?"},
		{"unseen \u200b here", "unseen ? here"},
		{"a\nb\tc\rd", "a b c?d"},
		{"invalid \xff\xfe", "invalid ??"},
		{"separator \u2028 of lines", "separator ? of lines"},
	} {
		if got := Printable(test.text); got != test.want {
			t.Errorf("%q: %q, want %q", test.text, got, test.want)
		}
	}
}

// hostile is what nobody may send to a terminal through ecounit.
const hostile = "a\x1b]0;title\x07b\nhint: rm -rf \u202eem"

// clean fails when hostile did something.
func clean(t *testing.T, text string) {
	t.Helper()
	if strings.ContainsAny(text, "\x1b\x07\u202e") || strings.Contains(text, "\nhint: rm") {
		t.Errorf("not clean: %q", text)
	}
}

func TestMessagesAreClean(t *testing.T) {
	var out, messages bytes.Buffer
	s := Streams{Out: &out, Err: &messages, OutStyle: Style{Terminal: true}}
	s.Line(Done, hostile, hostile)
	s.Warn("%s", hostile)
	s.Fail(hint.With(errors.New(hostile), "%s", hostile))
	s.Data([]byte(strings.ReplaceAll(hostile, "\n", " ")))
	clean(t, messages.String())
	clean(t, out.String())
	if n := strings.Count(messages.String(), "\n"); n != 4 {
		t.Errorf("%d lines: %q", n, messages.String())
	}
}

func TestDataIsUntouchedInAFile(t *testing.T) {
	var out bytes.Buffer
	Streams{Out: &out}.Data([]byte(hostile))
	if out.String() != hostile {
		t.Errorf("%q", out.String())
	}
}

func TestDot(t *testing.T) {
	utf8, ascii := Style{Symbols: true}, Style{}
	for state, want := range map[string]string{
		"active": "●", "failed": "●", "degraded": "●", "activating": "↻", "deactivating": "↻", "inactive": "○", "": "○",
	} {
		if got := utf8.Dot(state); got != want {
			t.Errorf("%s: %s, want %s", state, got, want)
		}
		if got := ascii.Dot(state); got != "*" {
			t.Errorf("%s: %s in ASCII", state, got)
		}
	}
	if got := (Style{Color: true}).Dot("failed"); got != "\x1b[31m*\x1b[0m" {
		t.Errorf("failed in colour: %q", got)
	}
}
