package installed

import (
	"strings"
	"testing"
)

func TestOverall(t *testing.T) {
	for _, test := range []struct{ states, want string }{
		{"", "inactive"},
		{"active", "active"},
		{"active active", "active"},
		{"active reloading", "active"},
		{"refreshing", "active"},
		{"failed", "failed"},
		{"failed failed", "failed"},
		{"failed active", "degraded"},
		{"failed inactive", "degraded"},
		{"failed activating", "degraded"},
		{"active activating", "activating"},
		{"activating deactivating", "activating"},
		{"active deactivating", "deactivating"},
		{"deactivating inactive", "deactivating"},
		{"active inactive", "degraded"},
		{"inactive inactive", "inactive"},
	} {
		if got := Overall(strings.Fields(test.states)); got != test.want {
			t.Errorf("%q: %s, want %s", test.states, got, test.want)
		}
	}
}
