package units

import (
	"strings"
	"testing"
)

// TestAddStopsEverything goes past the setters: whatever one of them let
// through, the way into the file does not.
func TestAddStopsEverything(t *testing.T) {
	longest := strings.Repeat("x", maxLine-len("A="))
	for value, ok := range map[string]bool{
		"": true, "a": true, " a ": true, `a\\`: true, `\a`: true, "é\t\v\f\u0085": true, longest: true,
		"a\nb": false, "a\n": false, "a\rb": false, "a\x00b": false, `a\`: false, `a\\\`: false, "\xff": false, longest + "x": false,
	} {
		u := New("a.service")
		u.Section("Unit").add("A", value)
		if err := u.Err(); (err == nil) != ok {
			t.Errorf("%.20q: %v", value, err)
		}
	}
	for _, key := range []string{"", "a", "A-B", "A=B", "A\nB", "A ", "[A]", "Ä", "#A"} {
		u := New("a.service")
		u.Section("Unit").add(key, "x")
		if u.Err() == nil {
			t.Errorf("the key %q was taken", key)
		}
		u = New("a.service")
		u.Section(key).add("A", "x")
		if u.Err() == nil {
			t.Errorf("the section %q was taken", key)
		}
	}
}
