package migrate

import (
	"path"
	"slices"
	"strings"
)

// Options of screen and tmux that have a value.
var detachedValues = map[string][]string{
	"screen": {"-S", "-dmS", "-c", "-h", "-s", "-t", "-T", "-p", "-Logfile"},
	"tmux":   {"-s", "-n", "-x", "-y", "-F"},
}

// detached is the program that screen -dm or tmux new-session -d starts out of
// sight.
func detached(words []string) (program []string, ok bool) {
	name, rest := path.Base(words[0]), words[1:]
	if name == "tmux" {
		if len(rest) == 0 || !slices.Contains([]string{"new", "new-session"}, rest[0]) {
			return nil, false
		}
		rest = rest[1:]
	}
	letters := ""
	for len(rest) > 0 && strings.HasPrefix(rest[0], "-") {
		letters += rest[0]
		if takesOne := slices.Contains(detachedValues[name], rest[0]); takesOne && len(rest) > 1 {
			rest = rest[1:]
		}
		rest = rest[1:]
	}
	isDetached := strings.Contains(letters, "d") && (name == "tmux" || strings.Contains(letters, "m"))
	switch {
	case !isDetached || len(rest) == 0 || slices.Contains(rest, ";"), name == "tmux" && strings.Contains(letters, "c"):
		return nil, false
	case name == "tmux" && len(rest) == 1: // which tmux gives to the user's shell
		return []string{"bash", "-c", rest[0]}, true
	}
	return rest, true
}
