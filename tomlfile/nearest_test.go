package tomlfile

import (
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	candidates := []string{"name", "env", "env_files", "workers", "websocket", "start_timeout", "command"}
	for word, want := range map[string]string{
		"worker": "workers", "wrokers": "workers", "WORKERS": "workers", "env-files": "env_files", "starttimeout": "start_timeout",
		"comand": "command", "commnad": "command", "nmae": "name", "envs": "env",
		"": "", "x": "", "colour": "", "port": "", "e": "", "日本": "", "wörkers": "workers",
		strings.Repeat("x", 1000): "",
	} {
		if got := Nearest(word, candidates); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
	if got := Nearest("a", nil); got != "" {
		t.Errorf("%q of no candidates", got)
	}
}

func TestEditDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "abc", 3}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"abc", "abd", 1}, {"kitten", "sitting", 3}, {"ca", "abc", 3},
	} {
		if got := editDistance([]rune(c.a), []rune(c.b)); got != c.want {
			t.Errorf("%q and %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
