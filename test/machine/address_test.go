package machine

import "testing"

func TestLoopback(t *testing.T) {
	for address, want := range map[string]string{
		"127.0.0.1:80":          "127.0.0.1:80",
		"127.0.1.1:https":       "127.0.1.1:443",
		"[::1]:8000":            "[::1]:8000",
		"localhost:80":          "127.0.0.1:80",
		"eco.example.ac.uk:443": "127.0.0.1:443",
		"192.0.2.1:443":         "127.0.0.1:443",
	} {
		if got, err := loopback(address); err != nil || got.String() != want {
			t.Errorf("loopback(%q) = %v, %v, want %s", address, got, err, want)
		}
	}
	for _, address := range []string{"127.0.0.1", "127.0.0.1:no-such-service", "127.0.0.1:70000"} {
		if got, err := loopback(address); err == nil {
			t.Errorf("loopback(%q) = %v, want an error", address, got)
		}
	}
}

func TestRecipe(t *testing.T) {
	seen := map[string]Suite{}
	for _, suite := range Suites() {
		hash := recipeHash(suite)
		if other, ok := seen[hash]; ok {
			t.Errorf("%s and %s have one hash", suite, other)
		}
		seen[hash] = suite
	}
	if got := quoteBind(`/a\b:c`); got != `/a\\b\:c` {
		t.Errorf("quoteBind = %q", got)
	}
}
