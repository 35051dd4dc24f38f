package journal

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// tail has a script print entries, oldest first; with --since and --lines
// journalctl is asked for the newest first.
func tail(t *testing.T, script string, n int) string {
	t.Helper()
	entries, err := fake(t, "{ "+script+"; } | tac").Tail(t.Context(), "a.service", time.Now(), n)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, e := range entries {
		said = append(said, e.Message)
	}
	return strings.Join(said, " ")
}

const (
	printed = `{"__REALTIME_TIMESTAMP":"%d","_SYSTEMD_USER_UNIT":"a.service","MESSAGE":"line%d"}\n`
	exited  = `{"__REALTIME_TIMESTAMP":"1","USER_UNIT":"a.service","MESSAGE":"exited","MESSAGE_ID":"98e322203f7a4ed290d09fe03c09fe15"}\n`
)

func TestTail(t *testing.T) {
	for _, test := range []struct {
		name, script, want string
		n                  int
	}{
		{"the last", `printf '` + exited + `'; for i in 1 2 3 4; do printf '` + printed + `' $i $i; done`, "line3 line4", 2},
		{"silent process", `printf '` + exited + `'`, "exited", 2},
		{"none wanted", `printf '` + exited + `'`, "", 0},
		// journald stores another line each time that is looked.
		{"late lines", `n="$(dirname "$0")/n"; echo >> "$n"; c=$(wc -l < "$n"); [ "$c" -gt 4 ] && c=4
printf '` + exited + `'; for i in $(seq $c); do printf '` + printed + `' $i $i; done`, "line1 line2 line3 line4", 9},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := tail(t, test.script, test.n); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestTailWaitsNotLong(t *testing.T) {
	begin := time.Now()
	if got := tail(t, "printf '"+printed+"' 1 1", 5); got != "line1" {
		t.Errorf("got %q", got)
	}
	if passed := time.Since(begin); passed < settle || passed > settle+5*time.Second {
		t.Errorf("took %s", passed)
	}
}

func TestTailOfNoJournal(t *testing.T) {
	j := fake(t, "")
	j.Program += "-gone"
	if _, err := j.Tail(t.Context(), "a.service", time.Now(), 5); !errors.As(err, new(*Unreadable)) {
		t.Errorf("got %v", err)
	}
}
