package journal

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAt(t *testing.T) {
	for _, test := range []struct {
		time time.Time
		want string
	}{
		{time.Unix(1795421948, 75_805_999), "@1795421948.075805"},
		{time.Unix(0, 0), "@0.000000"},
		{time.Time{}, ""},
	} {
		if got := At(test.time); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
}

// A process that ended before journald knew it leaves lines with nothing but
// the identifier; other units may have the same one.
func TestIdentifierAlone(t *testing.T) {
	j := fake(t, `
echo '{"__REALTIME_TIMESTAMP":"1","MESSAGE":"lost","SYSLOG_IDENTIFIER":"a"}'
echo '{"__REALTIME_TIMESTAMP":"2","MESSAGE":"kept","SYSLOG_IDENTIFIER":"a","_SYSTEMD_USER_UNIT":"a.service"}'
echo '{"__REALTIME_TIMESTAMP":"3","MESSAGE":"strange","SYSLOG_IDENTIFIER":"a","_SYSTEMD_USER_UNIT":"b.service"}'
echo '{"__REALTIME_TIMESTAMP":"4","MESSAGE":"shared","SYSLOG_IDENTIFIER":"w"}'`)
	got, err := read(t, j, Query{Units: []string{"a.service", "w@1.service", "w@2.service"}})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"a.service: lost", "a.service: kept", ": shared"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestGlobs(t *testing.T) {
	j := fake(t, `case "$*" in
*--field=_SYSTEMD*) printf 'w@1.service\nother.service\n';;
*--field=USER*) printf 'w@1.service\nw@2.service\napp-a\\x2db.slice\n';;
*"USER_UNIT=w@1.service"*"USER_UNIT=w@2.service"*) echo '{"__REALTIME_TIMESTAMP":"1","MESSAGE":"m","USER_UNIT":"w@2.service"}';;
*'USER_UNIT=app-a\x2db.slice'*) printf '%s\n' '{"__REALTIME_TIMESTAMP":"1","MESSAGE":"m","USER_UNIT":"app-a\\x2db.slice"}';;
*) echo "$*" >&2; exit 1
esac`)
	for glob, want := range map[string]string{
		"w@*.service":      "w@2.service: m",
		`app-a\x2db.slic?`: `app-a\x2db.slice: m`,
		"zzz*":             "",
	} {
		got, err := read(t, j, Query{Units: []string{glob}})
		if err != nil || strings.Join(got, ",") != want {
			t.Errorf("%s: got %q, %v", glob, got, err)
		}
	}
}

// Of lines without an id, those are taken that came while the invocation ran.
func TestInvocation(t *testing.T) {
	const id = "f9988a93fcc24c06be6b496da94923ca"
	j := fake(t, `case "$*" in
*--lines=1\ *) echo '{"__REALTIME_TIMESTAMP":"5000000","_PID":"1","MESSAGE":"last"}';;
*--output-fields=MESSAGE\ *) echo '{"__REALTIME_TIMESTAMP":"2000000","_PID":"1","MESSAGE":"first"}'; exec sleep 100;;
*"--since=@2.000000 --until=@5.050000 _UID=1000 _SYSTEMD_INVOCATION_ID=`+id+` +"*)
echo '{"__REALTIME_TIMESTAMP":"1900000","MESSAGE":"too early","SYSLOG_IDENTIFIER":"a"}'
echo '{"__REALTIME_TIMESTAMP":"2000000","MESSAGE":"first","USER_UNIT":"a.service","USER_INVOCATION_ID":"`+id+`"}'
echo '{"__REALTIME_TIMESTAMP":"3000000","MESSAGE":"other","_SYSTEMD_USER_UNIT":"a.service","_SYSTEMD_INVOCATION_ID":"x"}'
echo '{"__REALTIME_TIMESTAMP":"5000001","MESSAGE":"lost","SYSLOG_IDENTIFIER":"a"}'
echo '{"__REALTIME_TIMESTAMP":"5100000","MESSAGE":"too late","SYSLOG_IDENTIFIER":"a"}';;
*) echo "$*" >&2; exit 1
esac`)
	got, err := read(t, j, Query{Units: []string{"a.service"}, Invocation: id, Lines: -1})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"a.service: first", "a.service: lost"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got, err := read(t, fake(t, "exit 0"), Query{Units: []string{"a.service"}, Invocation: id}); err != nil || got != nil {
		t.Errorf("unknown invocation: got %q, %v", got, err)
	}
	if _, err := read(t, j, Query{Invocation: "x + _UID=0"}); err == nil {
		t.Error("no error for a bad id")
	}
}
