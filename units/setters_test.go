package units_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ecounit/units"
)

// body writes one unit and returns its lines below [Service].
func body(t *testing.T, set func(*units.Section)) (string, error) {
	t.Helper()
	u := units.New("test.service")
	set(u.Section("Service"))
	content, err := u.Bytes()
	if err != nil && content != nil {
		t.Errorf("both a file and an error: %q, %v", content, err)
	}
	return strings.TrimPrefix(string(content), "[Service]\n"), err
}

func TestSetters(t *testing.T) {
	type section = *units.Section
	for _, c := range []struct {
		name string
		set  func(section)
		want string // the lines, or what the error says after "error: "
	}{
		{"word", func(s section) { s.Word("Type", "notify") }, "Type=notify"},
		{"word filter", func(s section) { s.Word("SystemCallFilter", "~@privileged") }, "SystemCallFilter=~@privileged"},
		{"word space", func(s section) { s.Word("Type", "a b") }, `error: "a b": not a single word`},
		{"word specifier", func(s section) { s.Word("Type", "%i") }, "error: not a single word"},
		{"word empty", func(s section) { s.Word("Type", "") }, "error: not a single word"},
		{"words", func(s section) { s.Words("RestrictAddressFamilies", "AF_UNIX", "AF_INET") }, "RestrictAddressFamilies=AF_UNIX AF_INET"},
		{"words none", func(s section) { s.Words("X") }, ""},
		{"words bad", func(s section) { s.Words("X", "a", "b\n") }, `error: "b\n"`},
		{"bool", func(s section) { s.Bool("A", true).Bool("B", false) }, "A=yes\nB=no"},
		{"int", func(s section) { s.Int("A", -5) }, "A=-5"},
		{"bytes", func(s section) { s.Bytes("MemoryMax", math.MaxUint64) }, "MemoryMax=18446744073709551615"},
		{"percent", func(s section) { s.Percent("CPUQuota", 150) }, "CPUQuota=150%"},
		{"percent none", func(s section) { s.Percent("CPUQuota", 0) }, "error: a share begins at 1 per cent"},
		{"duration", func(s section) { s.Duration("A", 90*time.Second) }, "A=1min 30s"},
		{"duration all", func(s section) { s.Duration("A", 49*time.Hour+time.Minute+time.Second+1001*time.Microsecond) }, "A=2d 1h 1min 1s 1ms 1us"},
		{"duration zero", func(s section) { s.Duration("A", 0) }, "A=0"},
		{"duration short", func(s section) { s.Duration("A", 500*time.Millisecond) }, "A=500ms"},
		{"duration infinity", func(s section) { s.Duration("A", units.Infinity) }, "A=infinity"},
		{"duration negative", func(s section) { s.Duration("A", -time.Second) }, "error: not a span"},
		{"duration nanoseconds", func(s section) { s.Duration("A", 1500) }, "error: not a span"},
		{"calendar", func(s section) { s.Calendar("OnCalendar", "Mon,Tue *-*-01..07 04:30:00 Europe/London") }, "OnCalendar=Mon,Tue *-*-01..07 04:30:00 Europe/London"},
		{"calendar newline", func(s section) { s.Calendar("OnCalendar", "daily\nA=b") }, "error: not a calendar expression"},
		{"text", func(s section) { s.Text("A", `50% "off" \ #1`) }, `A=50%% "off" \ #1`},
		{"text newline", func(s section) { s.Text("A", "x\n[Service]") }, "error: line break"},
		{"text return", func(s section) { s.Text("A", "x\rB=c") }, "error: line break"},
		{"text NUL", func(s section) { s.Text("A", "x\x00B=c") }, "error: control character"},
		{"text backslash", func(s section) { s.Text("A", `x\`) }, "error: continue the line"},
		{"text backslashes", func(s section) { s.Text("A", `x\\`) }, `A=x\\`},
		{"text space", func(s section) { s.Text("A", "x ") }, "error: strip the white space"},
		{"text empty", func(s section) { s.Text("A", "") }, "error: empty"},
		{"text bytes", func(s section) { s.Text("A", "x\xff") }, "error: not UTF-8"},
		{"text long", func(s section) { s.Text("A", strings.Repeat("x", 1<<20)) }, "error: longer than the 1 MiB"},
		{"units", func(s section) { s.Units("After", "a.socket", `app-a\x2db.slice`, "a@1.service") }, `After=a.socket app-a\x2db.slice a@1.service`},
		{"units none", func(s section) { s.Units("After") }, ""},
		{"units bad", func(s section) { s.Units("After", "a b.service") }, "error: cannot name a unit"},
		{"units template", func(s section) { s.Units("After", "a@.service") }, "error: a template"},
		{"raw", func(s section) { s.Raw("ExecStartPre", `-/bin/sh -c "a \"$$\" %%n"`) }, `ExecStartPre=-/bin/sh -c "a \"$$\" %%n"`},
		{"raw empty", func(s section) { s.Raw("ExecStartPre", "") }, "ExecStartPre="},
		{"raw tab", func(s section) { s.Raw("A", "x\ty") }, "A=x\ty"},
		{"raw newline", func(s section) { s.Raw("A", "x\nB=c") }, "error: line break"},
		{"raw backslash", func(s section) { s.Raw("A", `x\`) }, "error: continue the line"},
		{"raw key", func(s section) { s.Raw("A=b\nC", "x") }, `error: cannot write "A=b\nC"= in [Service] of test.service: "x": not the name of a setting`},
		{"raw key section", func(s section) { s.Raw("[Unit]", "x") }, "error: not the name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := body(t, c.set)
			if message, isError := strings.CutPrefix(c.want, "error: "); isError {
				if err == nil || !strings.Contains(err.Error(), message) {
					t.Errorf("got %q, %v; want an error with %q", got, err, message)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, strings.TrimSuffix(got, "\n")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestExecAndPaths(t *testing.T) {
	type section = *units.Section
	long := "/" + strings.Repeat("x", 256)
	for _, c := range []struct {
		name string
		set  func(section)
		want string
	}{
		{"plain", func(s section) { s.Exec("ExecStart", "/usr/bin/node", "server.js", "--a=b", "") }, `ExecStart=/usr/bin/node server.js --a=b ""`},
		{"ignored", func(s section) { s.ExecIgnored("ExecStartPre", "/usr/bin/node", "-") }, `ExecStartPre=-/usr/bin/node -`},
		{"ignored and quoted", func(s section) { s.ExecIgnored("ExecStartPre", "/a b", "$c") }, `ExecStartPre=-"/a b" "$$c"`},
		{"quoted", func(s section) { s.Exec("ExecStart", "/a b", `"\%$'`, "; x", ";", "a\n\t\x01\u0085é") }, `ExecStart="/a b" "\"\\%%$$'" "; x" ";" "a\n\t\x01\xc2\x85é"`},
		{"dollar program", func(s section) { s.Exec("ExecStart", "/a${b}", "$c") }, `ExecStart="@/a${b}" "/a$${b}" "$$c"`},
		{"percent program", func(s section) { s.Exec("ExecStart", "/a%n") }, `ExecStart="/a%%n"`},
		{"no program", func(s section) { s.Exec("ExecStart") }, "error: no program"},
		{"relative", func(s section) { s.Exec("ExecStart", "node") }, "error: not an absolute path"},
		{"prefix", func(s section) { s.Exec("ExecStart", "-/bin/node") }, "error: not an absolute path"},
		{"program quote", func(s section) { s.Exec("ExecStart", "/it's") }, "error: systemd runs no program"},
		{"program backslash", func(s section) { s.Exec("ExecStart", `/a\b`) }, "error: systemd runs no program"},
		{"program directory", func(s section) { s.Exec("ExecStart", "/bin/") }, "error: a directory"},
		{"program space", func(s section) { s.Exec("ExecStart", "/a ") }, "error: white space at the end"},
		{"program bytes", func(s section) { s.Exec("ExecStart", "/\xff") }, "error: not UTF-8"},
		{"NUL", func(s section) { s.Exec("ExecStart", "/a", "\x00") }, "error: NUL"},
		{"bytes", func(s section) { s.Exec("ExecStart", "/a", "\xff") }, `error: "\xff": not UTF-8`},
		{"long", func(s section) { s.Exec("ExecStart", "/a", strings.Repeat("x", 1<<17)) }, "error: longer than the 128 KiB"},
		{"too many", func(s section) { s.Exec("ExecStart", append([]string{"/a"}, make([]string, 400_000)...)...) }, "error: longer than the 1 MiB"},
		{"signal", func(s section) { s.ExecSignalMain("ExecReload", "/bin/kill", "HUP") }, "ExecReload=/bin/kill -HUP $MAINPID"},
		{"signal realtime", func(s section) { s.ExecSignalMain("ExecReload", "/my kill", "RTMIN+3") }, `ExecReload="/my kill" -RTMIN+3 $MAINPID`},
		{"signal bad", func(s section) { s.ExecSignalMain("ExecReload", "/bin/kill", "HUP 1") }, "error: not the name of a signal"},
		{"signal program", func(s section) { s.ExecSignalMain("ExecReload", "kill", "HUP") }, "error: not an absolute path"},
		{"environment", func(s section) { s.Environment("A", "b").Environment("_c1", `$x %n "\`) }, "Environment=A=b\nEnvironment=\"_c1=$x %%n \\\"\\\\\""},
		{"environment empty", func(s section) { s.Environment("A", "") }, "Environment=A="},
		{"environment name", func(s section) { s.Environment("1A", "") }, "error: not a name for a variable"},
		{"environment name empty", func(s section) { s.Environment("", "x") }, "error: not a name for a variable"},
		{"environment bytes", func(s section) { s.Environment("A", "hidden\xff") }, "error: the value of A: not UTF-8"},
		{"path", func(s section) { s.Path("WorkingDirectory", `/a b/"%"\c`) }, `WorkingDirectory=/a b/"%%"\c`},
		{"path optional", func(s section) { s.Path("WorkingDirectory", "-/a") }, "WorkingDirectory=-/a"},
		{"path not optional", func(s section) { s.Path("PathChanged", "-/a") }, `error: "-/a": not an absolute path`},
		{"path space", func(s section) { s.Path("WorkingDirectory", "/a ") }, "WorkingDirectory=/a /"},
		{"path backslash", func(s section) { s.Path("WorkingDirectory", `/a\`) }, `WorkingDirectory=/a\/`},
		{"path backslashes", func(s section) { s.Path("WorkingDirectory", `/a\\`) }, `WorkingDirectory=/a\\`},
		{"path up", func(s section) { s.Path("WorkingDirectory", "/a/../b") }, `error: systemd takes no ".."`},
		{"path empty", func(s section) { s.Path("WorkingDirectory", "") }, "error: no path"},
		{"path newline", func(s section) { s.Path("WorkingDirectory", "/a\nb") }, "error: line break"},
		{"path bytes", func(s section) { s.Path("WorkingDirectory", "/\xff") }, "error: not UTF-8"},
		{"path name long", func(s section) { s.Path("WorkingDirectory", long) }, "error: a name in it is longer"},
		{"path long", func(s section) { s.Path("WorkingDirectory", strings.Repeat("/xxx", 1024)) }, "error: longer than a path"},
		{"env file", func(s section) { s.Path("EnvironmentFile", `-/a*[?\`) }, `EnvironmentFile=-/a\*\[\?\\`},
		{"env file long", func(s section) { s.Path("EnvironmentFile", "/"+strings.Repeat("*", 200)) }, "error: a name in it is longer"},
		{"list", func(s section) { s.PathList("ReadWritePaths", "/a", "-/b c", `/"\%'`) }, `ReadWritePaths=/a "-/b c" "/\"\\%%'"`},
		{"list none", func(s section) { s.PathList("ReadWritePaths") }, ""},
		{"list dash", func(s section) { s.PathList("RequiresMountsFor", "-/a") }, "error: not an absolute path"},
		{"list bad", func(s section) { s.PathList("ReadWritePaths", "/a", "/b\n") }, "error: line break"},
		{"port", func(s section) { s.ListenPort("ListenStream", 8000) }, "ListenStream=127.0.0.1:8000"},
		{"port none", func(s section) { s.ListenPort("ListenStream", 0) }, "error: there is no port 0"},
		{"port high", func(s section) { s.ListenPort("ListenStream", 65536) }, "error: there is no port 65536"},
		{"socket", func(s section) { s.ListenPath("ListenStream", "/run/a b%") }, "ListenStream=/run/a b%%"},
		{"socket long", func(s section) { s.ListenPath("ListenStream", "/"+strings.Repeat("x", 107)) }, "error: 107 bytes"},
		{"socket space", func(s section) { s.ListenPath("ListenStream", "/a ") }, "error: ends in white space"},
		{"socket abstract", func(s section) { s.ListenPath("ListenStream", "@a") }, "error: not an absolute path"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := body(t, c.set)
			if message, isError := strings.CutPrefix(c.want, "error: "); isError {
				if err == nil || !strings.Contains(err.Error(), message) {
					t.Errorf("got %q, %v; want an error with %q", got, err, message)
				}
				if err != nil && strings.Contains(err.Error(), "hidden") {
					t.Errorf("the error shows the value of a variable: %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, strings.TrimSuffix(got, "\n")); diff != "" {
				t.Error(diff)
			}
		})
	}
}
