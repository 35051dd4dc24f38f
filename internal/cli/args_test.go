package cli

import (
	"slices"
	"strings"
	"testing"
)

func TestFlagsFirst(t *testing.T) {
	commands := (&command{}).app().Commands
	for _, test := range []struct{ typed, want string }{
		{"ecounit", "ecounit"},
		{"ecounit list", "ecounit list"},
		{"ecounit status app --json", "ecounit status --json -- app"},
		{"ecounit status --json app", "ecounit status --json -- app"},
		{"ecounit status -json app", "ecounit status -json -- app"},
		{"ecounit logs app -n 5 -f", "ecounit logs -n 5 -f -- app"},
		{"ecounit logs app --lines 5 --since yesterday", "ecounit logs --lines 5 --since yesterday -- app"},
		{"ecounit logs app --lines=5", "ecounit logs --lines=5 -- app"},
		{"ecounit logs -n", "ecounit logs -n"},
		{"ecounit logs app -n -5", "ecounit logs -n -5 -- app"},
		{"ecounit logs -n20 app", "ecounit logs -n=20 -- app"},
		{"ecounit logs -fn20 app", "ecounit logs -f -n=20 -- app"},
		{"ecounit logs -fn 20 app", "ecounit logs -f -n 20 -- app"},
		{"ecounit logs -nf app", "ecounit logs -n=f -- app"},
		{"ecounit logs -fx app", "ecounit logs -fx -- app"},
		{"ecounit logs -pweb -n-1", "ecounit logs -p=web -n=-1"},
		{"ecounit enable -n app --force", "ecounit enable -n --force -- app"},
		{"ecounit enable --bogus app", "ecounit enable --bogus -- app"},
		{"ecounit enable - app", "ecounit enable -- - app"},
		{"ecounit enable -- --json", "ecounit enable -- -- --json"},
		{"ecounit exec app -n -- ls -l --json", "ecounit exec -n -- app -- ls -l --json"},
		{"ecounit exec -- ls -n", "ecounit exec -- -- ls -n"},
		{"ecounit --version list --json", "ecounit --version list --json"},
		{"ecounit --help", "ecounit --help"},
		{"ecounit nonsense app --json", "ecounit nonsense app --json"},
		{"ecounit show --apache-version", "ecounit show --apache-version"},
		{"ecounit run --port 80 app", "ecounit run --port 80 -- app"},
	} {
		words := strings.Fields(test.typed)
		before := slices.Clone(words)
		if got := strings.Join(flagsFirst(commands, words), " "); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.typed, got, test.want)
		}
		if !slices.Equal(words, before) {
			t.Errorf("%s: the words themselves were changed to %q", test.typed, words)
		}
	}
	if got := flagsFirst(commands, nil); got != nil {
		t.Errorf("of nothing: %q", got)
	}
}
