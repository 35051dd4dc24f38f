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
	return messages(t, entries, err)
}

func messages(t *testing.T, entries []Entry, err error) string {
	t.Helper()
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

func TestLastRun(t *testing.T) {
	const (
		starts = `{"__REALTIME_TIMESTAMP":"1","USER_UNIT":"a.service","USER_INVOCATION_ID":"%s","MESSAGE":"starts"}\n`
		prints = `{"__REALTIME_TIMESTAMP":"1","_SYSTEMD_USER_UNIT":"a.service","_SYSTEMD_INVOCATION_ID":"%s","MESSAGE":"%s"}\n`
		nobody = `{"__REALTIME_TIMESTAMP":"1","SYSLOG_IDENTIFIER":"a","MESSAGE":"%s"}\n` // too short-lived for journald
		exits  = `{"__REALTIME_TIMESTAMP":"1","USER_UNIT":"a.service","USER_INVOCATION_ID":"%s","MESSAGE":"exits","MESSAGE_ID":"98e322203f7a4ed290d09fe03c09fe15"}\n`
	)
	run := func(id, says string) string {
		return "printf '" + starts + "' " + id + "; printf '" + prints + "' " + id + " " + says + "; printf '" + nobody + "' " + says + "-quickly; printf '" + exits + "' " + id
	}
	for _, test := range []struct{ name, script, want string }{
		{"of several", run("aa", "first") + "; " + run("bb", "second"), "second second-quickly"},
		{"the next one has begun", run("aa", "first") + "; printf '" + starts + prints + "' cc cc third", "first first-quickly"},
		{"it printed nothing", run("aa", "first") + "; printf '" + starts + exits + "' bb bb", "starts exits"},
		{"no run is known", "printf '" + printed + "' 1 1; printf '" + exited + "'", "line1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			entries, err := fake(t, "{ "+test.script+"; } | tac").LastRun(t.Context(), "a.service", 9)
			if got := messages(t, entries, err); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
