package postgres

import (
	"strings"
	"testing"
)

func TestObstacles(t *testing.T) {
	all := []string{"all"}
	local := func(line int, databases, users []string, method string) rule {
		return rule{line: line, kind: "local", databases: databases, users: users, method: method}
	}
	postgres, peer, scram := local(1, all, []string{"postgres"}, "peer"), local(2, all, all, "peer"), local(3, all, all, "scram-sha-256")
	for name, c := range map[string]struct {
		rules []rule
		want  string // "" is none
		fresh string // the same before there is any database
	}{
		"Debian":      {rules: []rule{postgres, peer, scram}},
		"a password":  {[]rule{postgres, scram, peer}, "line 3 of pg_hba.conf (local all all scram-sha-256) comes before any line with peer for the owner of a_x and 2 more", "of any user's database"},
		"reject":      {[]rule{postgres, local(3, all, all, "reject")}, "line 3", "line 3"},
		"no line":     {[]rule{postgres, {line: 4, kind: "host", databases: all, users: all, address: "::1", method: "peer"}}, "no line of pg_hba.conf lets in the owner of a_x and 2 more", "no line"},
		"one of them": {rules: []rule{local(3, all, []string{"b"}, "md5"), peer}, want: "line 3 of pg_hba.conf (local all b md5) comes before any line with peer for the owner of b"},
		"a database":  {rules: []rule{local(3, []string{"x", "a_y"}, all, "md5"), peer}, want: "the owner of a_y"},
		"same user":   {rules: []rule{local(3, []string{"sameuser"}, all, "md5"), peer}, want: "the owner of b"},
		"replication": {rules: []rule{local(3, []string{"replication"}, all, "md5"), peer}},
		"a group":     {rules: []rule{local(3, all, []string{"+staff"}, "peer"), scram}},
		"a pattern":   {rules: []rule{local(3, []string{"/^a_"}, all, "md5"), peer}, want: "", fresh: ""},
		"a mistake":   {rules: []rule{{line: 1, kind: "local", problem: "x"}, peer}},
		"trust":       {rules: []rule{local(1, all, all, "trust")}},
	} {
		databases := []Database{{Name: "a_x", Owner: "a"}, {Name: "a_y", Owner: "a"}, {Name: "b", Owner: "b"}}
		for want, got := range map[string][]string{c.want: obstacles(c.rules, databases), "fresh " + c.fresh: obstacles(c.rules, nil)} {
			want = strings.TrimPrefix(want, "fresh ")
			if said := strings.Join(got, "; "); !strings.Contains(said, want) || want == "" && said != "" {
				t.Errorf("%s: %q, want %q", name, said, want)
			}
		}
	}
}

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
