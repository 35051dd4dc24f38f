//go:build machine

package units_test

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"ecounit/test/machine"
	"ecounit/units"
)

func TestSystemdUnderstandsPaths(t *testing.T) {
	onEachSystemd(t, func(h host, r hostile) {
		home := h.t.TempDir()
		var sockets, paths, listens, changed, mounts, names []string
		refused := 0
		draw := func(set func(*units.Section, string)) string {
			return accepted(&refused, r.path, func(p string) bool {
				return p != "" && r.takes(func(s *units.Section) { set(s, p) })
			})
		}
		for i := range roundTrips / 2 {
			below := fmt.Sprintf("/home/bob/sock/%d", i)
			listens = append(listens, below+draw(func(s *units.Section, p string) { s.ListenPath("ListenStream", below+p) }))
			changed = append(changed, draw(func(s *units.Section, p string) { s.Path("PathChanged", p) }))
			mounts = append(mounts, draw(func(s *units.Section, p string) { s.PathList("RequiresMountsFor", p) }))
			name := fmt.Sprintf("s%d", i)
			names = append(names, name+".service")
			sockets, paths = append(sockets, name+".socket"), append(paths, name+".path")

			service := units.New(names[i])
			service.Section("Unit").PathList("RequiresMountsFor", mounts[i]).Path("ConditionPathExists", changed[i])
			service.Section("Service").Exec("ExecStart", "/bin/true")
			socket := units.New(sockets[i])
			socket.Section("Socket").ListenPath("ListenStream", listens[i]).ListenPort("ListenStream", 1024+i)
			path := units.New(paths[i])
			path.Section("Path").Path("PathChanged", changed[i])
			for _, u := range []*units.Unit{service, socket, path} {
				writeUnit(h.t, home, u, "app", changed[i])
			}
		}
		h.load(home)
		services := h.properties(names, "Unit", "RequiresMountsFor", "Conditions")
		watched := h.properties(paths, "Path", "Paths")
		for i := range names {
			h.same("RequiresMountsFor", services[i][0], []string{mounts[i]})
			h.same("Conditions", services[i][1], []any{[]any{"ConditionPathExists", false, false, changed[i], 0}})
			h.same("Paths", watched[i][0], []any{[]string{"PathChanged", changed[i]}})
		}
		// The property Listen is escaped for display, so look for the sockets.
		h.output(append([]string{"systemctl", "--user", "start", "--"}, sockets...)...)
		bound := h.output("find", "/home/bob/sock", "-type", "s", "-print0")
		h.equal("unix sockets", slices.Sorted(strings.SplitSeq(strings.TrimSuffix(bound, "\x00"), "\x00")), slices.Sorted(slices.Values(listens)))
		ports := strings.Fields(h.output("ss", "-Hltn"))
		for i := range names {
			if address := fmt.Sprintf("127.0.0.1:%d", 1024+i); !slices.Contains(ports, address) {
				h.t.Errorf("nothing listens at %s", address)
			}
		}
		h.t.Logf("%d of each; %d values refused before", len(names), refused)
	})
}

func TestSystemdEscapeAgrees(t *testing.T) {
	onEachSystemd(t, func(h host, r hostile) {
		argv := []string{"systemd-escape", "--"}
		var want []string
		for range roundTrips {
			s := accepted(new(int), r.string, func(s string) bool { return s != "" && !strings.Contains(s, "\x00") })
			argv, want = append(argv, s), append(want, units.EscapeComponent(s))
		}
		h.equal("systemd-escape", strings.Split(h.output(argv...), " "), want)
	})
}

var longName = strings.Repeat("x", 256)

// refusals are lines that do not what they seem to, and what systemd makes of
// them. They are why the setters refuse values, or write them in another way.
var refusals = []struct {
	name, line string
	property   string // of the Service interface, unless it has a dot
	want       string
	want247    string // where it differs
}{
	{"program with quote", `ExecStart="/bin/it's"`, "ExecStart", `[]`, ""},
	{"program with double quote", `ExecStart="/bin/\""`, "ExecStart", `[]`, ""},
	{"program with backslash", `ExecStart="/bin/\\"`, "ExecStart", `[]`, ""},
	{"program with newline", `ExecStart="/bin/\n"`, "ExecStart", `[]`, ""},
	{"program with DEL", `ExecStart="/bin/\x7f"`, "ExecStart", `[]`, ""},
	{"directory as program", `ExecStart=/bin/`, "ExecStart", `[]`, ""},
	{"NUL in argument", `ExecStart=/a "\x00"`, "ExecStart", `[["/a",["/a","\\x00"],false,0,0,0,0,0,0,0]]`, ""},
	{"program with long name", `ExecStart=/bin/` + longName, "ExecStart", `[]`, `[["/bin/` + longName + `",["/bin/` + longName + `"],false,0,0,0,0,0,0,0]]`},
	{"variable's name", `Environment="A-B=x"`, "Environment", `[]`, ""},
	{"variable's name, digit", `Environment="1A=x"`, "Environment", `[]`, ""},
	{"variable not UTF-8", `Environment="A=\xff"`, "Environment", `[]`, ""},
	{"path with ..", `WorkingDirectory=/a/../b`, "WorkingDirectory", `""`, ""},
	{"path with long name", `WorkingDirectory=/` + longName, "WorkingDirectory", `""`, `"/` + longName + `"`},
	{"path too long", `WorkingDirectory=` + strings.Repeat("/abc", 1024), "WorkingDirectory", `""`, ""},
	{"quoted path", `WorkingDirectory="/a b"`, "WorkingDirectory", `""`, ""},
	{"path, stripped", "WorkingDirectory=/a ", "WorkingDirectory", `"/a"`, ""},
	{"path, continued", "WorkingDirectory=/a\\\nUMask=0077", "WorkingDirectory", `"/a UMask=0077"`, ""},
	{"path list with ..", `ReadWritePaths=/a/../b /c`, "ReadWritePaths", `["/c"]`, ""},
	{"path list escape", `ReadWritePaths="/a\x20\n"`, "ReadWritePaths", `["/ax20n"]`, ""},
	{"CR", "WorkingDirectory=/a\rReadWritePaths=/b", "ReadWritePaths", `["/b"]`, ""},
	{"NUL", "WorkingDirectory=/a\x00ReadWritePaths=/b", "ReadWritePaths", `["/b"]`, ""},
	{"vertical tab", "WorkingDirectory=/a\vReadWritePaths=/b", "ReadWritePaths", `[]`, ""},
	{"NEL", "WorkingDirectory=/a\u0085ReadWritePaths=/b", "ReadWritePaths", `[]`, ""},
	{"line not UTF-8", "WorkingDirectory=/\xff", "Unit.LoadState", `"error"`, ""},
	{"line of 1 MiB", "SyslogIdentifier=" + strings.Repeat("x", 1<<20-17), "Unit.LoadState", `"error"`, ""},
	{"line of less", "SyslogIdentifier=" + strings.Repeat("x", 1<<20-18), "Unit.LoadState", `"loaded"`, ""},
	{"description unset", "[Unit]\nDescription=", "Unit.Description", `"c%d.service"`, ""},
	{"description, stripped", "[Unit]\nDescription= \ta \t", "Unit.Description", `"a"`, ""},
	{"template", "[Unit]\nWants=a@.service", "Unit.Wants", `["a@c%d.service"]`, ""},
	{"comment, continued", "[Unit]\n# a\\\nDescription=b", "Unit.Description", `"b"`, ""},
	{"long name of a mount", "WorkingDirectory=/" + strings.Repeat("-", 70), "Unit.LoadState", `"loaded"`, `"error"`},
	{"short name of a mount", "WorkingDirectory=/" + strings.Repeat("-", 62), "Unit.LoadState", `"loaded"`, ""},
	{"no unit type", "[Unit]\nWants=a.snapshot", "Unit.Wants", `[]`, ""},
	{"optional mount", "[Unit]\nRequiresMountsFor=-/a", "Unit.RequiresMountsFor", `[]`, ""},
}

func TestSystemdRefuses(t *testing.T) {
	onEachSystemd(t, func(h host, _ hostile) {
		home := h.t.TempDir()
		for i, c := range refusals {
			content := "[Service]\nType=oneshot\nExecStart=/bin/true\n" + c.line + "\n"
			if strings.HasPrefix(c.line, "ExecStart=") {
				content = "[Service]\n" + c.line + "\n"
			}
			writeFile(h.t, home, path.Join(unitDir, fmt.Sprintf("c%d.service", i)), []byte(content))
		}
		h.load(home)
		for i, c := range refusals {
			kind, property, found := strings.Cut(c.property, ".")
			if !found {
				kind, property = "Service", c.property
			}
			want := c.want
			if c.want247 != "" && h.Suite == machine.Bullseye {
				want = c.want247
			}
			if strings.Contains(want, "%d") {
				want = fmt.Sprintf(want, i)
			}
			got := h.properties([]string{fmt.Sprintf("c%d.service", i)}, kind, property)
			h.same(c.name, got[0][0], json.RawMessage(want))
		}
		h.expands(home)
		h.unreadable(home)
	})
}

// expands shows what an unescaped value does at run time.
func (h host) expands(home string) {
	writeFile(h.t, home, "a*", []byte("V=star\n"))
	writeFile(h.t, home, "ab", []byte("V=other\n"))
	unit := "[Service]\nType=oneshot\nStandardOutput=append:/home/bob/out\nExecStart=/usr/bin/printenv V\nEnvironmentFile=/home/bob/a"
	writeFile(h.t, home, unitDir+"/glob.service", []byte(unit+"*\n"))
	writeFile(h.t, home, unitDir+"/literal.service", []byte(unit+"\\*\n"))
	h.load(home)
	h.output("systemctl", "--user", "start", "glob", "literal")
	out, err := h.ReadFile(h.t.Context(), "/home/bob/out")
	if got := strings.Fields(string(out)); err != nil || !slices.Contains(got, "other") || !slices.Contains(got, "star") {
		h.t.Errorf("EnvironmentFile= with and without wildcard read %q, %v", got, err)
	}
}

// unreadable is the last test of a machine: it throws the manager of 247 off
// the bus.
func (h host) unreadable(home string) {
	writeFile(h.t, home, unitDir+"/bytes.service", []byte("[Service]\nExecStart=/bin/true \"\\xff\"\n"))
	h.load(home)
	result, err := h.bob.Exec(h.t.Context(), "busctl", "--user", "get-property", "org.freedesktop.systemd1",
		"/org/freedesktop/systemd1/unit/bytes_2eservice", "org.freedesktop.systemd1.Service", "ExecStart")
	if err != nil || result.Code == 0 {
		h.t.Errorf("a command line that is not UTF-8 can be read after all: %+v, %v", result, err)
	}
	h.t.Logf("not UTF-8: %s", result.Stderr)
}
