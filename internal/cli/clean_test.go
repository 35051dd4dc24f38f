package cli

import (
	"strings"
	"testing"
)

// hostile is what nobody may send to a terminal through ecounit.
const hostile = "a\x1b]0;title\x07b\nhint: rm -rf \u202eem"

// clean fails when hostile did something.
func clean(t *testing.T, text string) {
	t.Helper()
	if strings.ContainsAny(text, "\x1b\x07\u202e") || strings.Contains(text, "\nhint: rm") {
		t.Errorf("not clean: %q", text)
	}
}
