package journal

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const machineID = "0123456789abcdef0123456789abcdef"

// fake is a journal whose journalctl is a shell script, on a host that keeps a
// journal for the user.
func fake(t *testing.T, script string) Journal {
	t.Helper()
	j := Journal{Program: filepath.Join(t.TempDir(), "journalctl"), Root: t.TempDir(), UID: 1000}
	if err := os.WriteFile(j.Program, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	j.file(t, "etc/machine-id", machineID+"\n")
	j.file(t, "var/log/journal/"+machineID+"/user-1000.journal", "")
	return j
}

func (j Journal) file(t *testing.T, path, text string) {
	t.Helper()
	path = filepath.Join(j.Root, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, j Journal, q Query) ([]string, error) {
	t.Helper()
	var lines []string
	err := j.Read(t.Context(), q, func(e Entry) error {
		lines = append(lines, e.Unit+": "+e.Message)
		return nil
	})
	return lines, err
}

// line is an entry as journalctl prints it.
const line = `echo '{"__REALTIME_TIMESTAMP":"1000002","MESSAGE":"m","_SYSTEMD_USER_UNIT":"a.service"}'` + "\n"

func TestArguments(t *testing.T) {
	for _, test := range []struct {
		name string
		q    Query
		want string
	}{
		{
			"lines",
			Query{Units: []string{"a.service"}, Lines: 20},
			`--lines=20 _UID=1000 _SYSTEMD_USER_UNIT=a.service + _UID=1000 USER_UNIT=a.service + COREDUMP_UID=1000 COREDUMP_USER_UNIT=a.service` +
				` + _UID=1000 _TRANSPORT=stdout SYSLOG_IDENTIFIER=a`,
		},
		{
			"all of a slice since",
			Query{Units: []string{`app-a\x2db.slice`}, Lines: -1, Since: "-1h"},
			`--lines=all --since=-1h _UID=1000 _SYSTEMD_USER_UNIT=app-a\x2db.slice + _UID=1000 USER_UNIT=app-a\x2db.slice` +
				` + COREDUMP_UID=1000 COREDUMP_USER_UNIT=app-a\x2db.slice`,
		},
		{
			"last since",
			Query{Units: []string{"a.slice"}, Lines: 5, Since: "today"},
			`--lines=5 --reverse --since=today _UID=1000 _SYSTEMD_USER_UNIT=a.slice + _UID=1000 USER_UNIT=a.slice` +
				` + COREDUMP_UID=1000 COREDUMP_USER_UNIT=a.slice`,
		},
		{
			"follow since",
			Query{Units: []string{"a.slice"}, Lines: 5, Since: "today", Follow: true},
			`--lines=all --follow --since=today _UID=1000 _SYSTEMD_USER_UNIT=a.slice + _UID=1000 USER_UNIT=a.slice` +
				` + COREDUMP_UID=1000 COREDUMP_USER_UNIT=a.slice`,
		},
		{
			"instance, follow",
			Query{Units: []string{"a-w@1.service"}, Follow: true},
			`--lines=0 --follow _UID=1000 _SYSTEMD_USER_UNIT=a-w@1.service + _UID=1000 USER_UNIT=a-w@1.service` +
				` + COREDUMP_UID=1000 COREDUMP_USER_UNIT=a-w@1.service` +
				` + _UID=1000 _TRANSPORT=stdout SYSLOG_IDENTIFIER=a-w + _UID=1000 _TRANSPORT=stdout SYSLOG_IDENTIFIER=a-w@1`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			j := fake(t, `echo "$*" >> "$(dirname "$0")/args"`+"\n"+line)
			if _, err := read(t, j, test.q); err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(filepath.Join(filepath.Dir(j.Program), "args"))
			if err != nil {
				t.Fatal(err)
			}
			want := "--output=json --all --quiet --no-pager --output-fields=" + fields + " " + test.want + "\n"
			if diff := cmp.Diff(want, string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNothingIsNoError(t *testing.T) {
	for name, script := range map[string]string{
		"nothing":  "exit 0",
		"no files": "echo 'No journal files were opened due to insufficient permissions.' >&2; exit 1",
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := read(t, fake(t, script), Query{Units: []string{"a.service"}, Lines: 5}); err != nil || got != nil {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
	if got, err := read(t, fake(t, "echo called; exit 9"), Query{}); err != nil || got != nil {
		t.Errorf("no units: got %q, %v", got, err)
	}
}

func TestErrors(t *testing.T) {
	for _, test := range []struct{ name, script, want string }{
		{"time", "echo 'Failed to parse timestamp: bla' >&2; exit 1", `cannot read the journal: "bla" is not a time`},
		{"other", "printf 'Failed to \\033[31mopen\\n' >&2; exit 1", "cannot read the journal: Failed to open"},
		{"silent", "exit 7", "cannot read the journal: journalctl: exit status 7"},
		{"nonsense", "echo '-- No entries --'", "cannot understand journalctl: invalid character '-' in numeric literal"},
		{"late", line + "echo 'Bad message' >&2; exit 1", "cannot read the journal: Bad message"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := read(t, fake(t, test.script), Query{Units: []string{"a.service"}, Lines: 5, Since: "bla"})
			if err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
	j := fake(t, "")
	j.Program += "-gone"
	for _, q := range []Query{{Units: []string{"a.service"}}, {Units: []string{"*"}}, {Units: []string{"a.service"}, Follow: true}} {
		_, err := read(t, j, q)
		var closed *Unreadable
		if !errors.As(err, &closed) || closed.Reason != NoProgram || closed.Hint() == "" {
			t.Errorf("%v: got %v", q, err)
		}
	}
}

// A reader that stops early, or is stopped, leaves no journalctl behind.
func TestStop(t *testing.T) {
	endless := "echo $$ > \"$(dirname \"$0\")/pid\"\n" + line + "exec sleep 1000"
	enough := errors.New("enough")
	for _, follow := range []bool{true, false} {
		j := fake(t, endless)
		q := Query{Units: []string{"a.service"}, Follow: follow, Lines: 5}
		if err := j.Read(t.Context(), q, func(Entry) error { return enough }); !errors.Is(err, enough) {
			t.Errorf("got %v", err)
		}
		gone(t, j)

		ctx, cancel := context.WithCancel(t.Context())
		seen := 0
		err := j.Read(ctx, q, func(Entry) error { seen++; cancel(); return nil })
		if seen != 1 || (err == nil) != follow {
			t.Errorf("follow %v: %d entries, %v", follow, seen, err)
		}
		gone(t, j)
	}
}

func gone(t *testing.T, j Journal) {
	t.Helper()
	pid, err := os.ReadFile(filepath.Join(filepath.Dir(j.Program), "pid"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat("/proc/" + strings.TrimSpace(string(pid))); err == nil {
		t.Error("journalctl still runs")
	}
}

// Who follows a user that has no journal yet gets its first line.
func TestFollowWaitsForTheJournal(t *testing.T) {
	j := fake(t, `there="$(dirname "$0")/there"
if [ -e "$there" ]; then `+line+`exec sleep 1000; fi
touch "$there"; echo 'No journal files were opened due to insufficient permissions.' >&2; exit 1`)
	enough := errors.New("enough")
	err := j.Read(t.Context(), Query{Units: []string{"a.service"}, Follow: true}, func(Entry) error { return enough })
	if !errors.Is(err, enough) {
		t.Errorf("got %v", err)
	}
}
