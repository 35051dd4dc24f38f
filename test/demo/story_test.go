package main

import (
	"context"
	"io"
	"strings"
	"testing"
)

// typed tells one command that ends with the status and writes the text.
func typed(text string, code int, expect ...expectation) (shown, said string, err error) {
	var out strings.Builder
	s := &story{out: &out}
	run := func(_ context.Context, _ actor, _ string, w io.Writer) (int, error) {
		for i := range len(text) { // as a pipe may cut it
			if _, err := io.WriteString(w, text[i:i+1]); err != nil {
				return 0, err
			}
		}
		return code, nil
	}
	said, err = s.types(context.Background(), run, alice, "ecounit check", expect...)
	return out.String(), said, err
}

// Every kind of expectation can fail.
func TestExpectations(t *testing.T) {
	for _, test := range []struct {
		code   int
		expect []expectation
		want   string // in the error; "" when all is well
	}{
		{0, nil, ""},
		{0, []expectation{says("answers 200", "lingering"), lacks("503")}, ""},
		{1, nil, `"ecounit check" by alice is not as it should be: it ended with status 1`},
		{1, []expectation{says("answers 200")}, "status 1"},
		{0, []expectation{says("answers 200", "published")}, `it does not say "published"`},
		{0, []expectation{says("answers"), lacks("answers 200")}, `it says "answers 200"`},
	} {
		_, _, err := typed("lingering on\r\nanswers 200\r\n", test.code, test.expect...)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("want %q, got %v", test.want, err)
		}
	}
}

func TestScreen(t *testing.T) {
	shown, said, err := typed("Reading 5%\rReading 100%\r\n\x1b[32m✓\x1b[0m done\r\nno end", 0)
	if want := "Reading 100%\n✓ done\nno end"; err != nil || said != want {
		t.Errorf("got %q, %v", said, err)
	}
	if want := "alice@eco:~$ ecounit check\nReading 100%\n✓ done\nno end\n"; shown != want {
		t.Errorf("shows %q", shown)
	}
}

func TestShorten(t *testing.T) {
	if got := shorten("a\nb\nc"); got != "a\n> b\n> c" {
		t.Errorf("got %q", got)
	}
	if got := shorten("1\n2\n3\n4\n5\n6\n7\n8\n9\n"); got != "1\n> 2\n> 3\n> 4\n> [… 3 more lines …]\n> 8\n> 9" {
		t.Errorf("got %q", got)
	}
}
