package postgres

import (
	"strings"
	"testing"
)

func TestOpenings(t *testing.T) {
	all := []string{"all"}
	for name, c := range map[string]struct {
		rules []rule
		want  string
	}{
		"Debian": {rules: []rule{
			{line: 1, kind: "local", databases: all, users: []string{"postgres"}, method: "peer"},
			{line: 2, kind: "local", databases: all, users: all, method: "peer"},
			{line: 3, kind: "host", databases: all, users: all, address: "127.0.0.1", method: "scram-sha-256"},
			{line: 4, kind: "local", databases: []string{"replication"}, users: all, method: "trust"},
		}},
		"trust": {
			rules: []rule{{line: 7, kind: "local", databases: all, users: all, method: "trust"}},
			want:  "line 7 of pg_hba.conf (local all all trust) lets any account of this host in as anybody",
		},
		"too late": {rules: []rule{
			{line: 1, kind: "local", databases: all, users: all, method: "peer"}, {line: 2, kind: "local", databases: all, users: all, method: "trust"},
		}},
		"loopback": {
			rules: []rule{
				{line: 1, kind: "local", databases: all, users: all, method: "peer"},
				{line: 2, kind: "host", databases: []string{"a", "b"}, users: []string{"c"}, address: "::1", method: "trust"},
			},
			want: "line 2 of pg_hba.conf (host a,b c ::1 trust)",
		},
		"elsewhere": {rules: []rule{{line: 1, kind: "host", databases: all, users: all, address: "10.0.0.0", method: "trust"}}},
		"mistake":   {rules: []rule{{line: 3, problem: "invalid authentication method \"x\""}}, want: "cannot read line 3"},
	} {
		if got := strings.Join(openings(c.rules), "; "); !strings.Contains(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
