package oneline

import "testing"

func TestOf(t *testing.T) {
	for text, want := range map[string]string{
		"":                 "",
		"as it is":         "as it is",
		" a\n\n b\t":       "a b",
		"x\r\x00\x1b[31my": "x [31my",
		"a\u202eb\u2028c":  "a b c",
		"a\xffb":           "a b",
		"éééééééééé":       "éééééééééé",
		"ééééééééééé":      "éééééééééé…",
		"a b c d e f\n":    "a b c d e …",
	} {
		got := Of(text, 10)
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		if again := Of(got, 10); again != got {
			t.Errorf("%q: %q becomes %q", text, got, again)
		}
	}
}
