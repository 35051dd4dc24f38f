package units_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecounit/units"
)

func TestOldSystemd(t *testing.T) {
	// 6 bytes a name: "/" and "é" as \xc3\xa9 become 9.
	fits, long := strings.Repeat("/é", 27)+"/abcd", strings.Repeat("/é", 27)+"/abcdefg"
	for _, c := range []struct {
		version int
		path    string
		ok      bool
	}{
		{247, fits, true}, {247, long, false}, {250, long, false}, {251, long, true}, {0, long, true},
	} {
		for key, set := range map[string]func(*units.Section){
			"directory": func(s *units.Section) { s.Path("WorkingDirectory", c.path) },
			"watch":     func(s *units.Section) { s.Path("PathChanged", c.path) },
			"mounts":    func(s *units.Section) { s.PathList("RequiresMountsFor", c.path) },
			"socket":    func(s *units.Section) { s.ListenPath("ListenStream", c.path) },
		} {
			u := units.New("test.service").For(c.version)
			set(u.Section("Service"))
			if err := u.Err(); (err == nil) != c.ok {
				t.Errorf("%s on %d: %v", key, c.version, err)
			}
		}
		u := units.New("test.service").For(c.version)
		u.Section("Service").Path("EnvironmentFile", c.path).PathList("ReadWritePaths", c.path)
		if err := u.Err(); err != nil {
			t.Error(err)
		}
	}
}

func TestOldSystemdVariables(t *testing.T) {
	for _, c := range []struct {
		version int
		value   string
		ok      bool
	}{
		{239, "a\tb\n\u0085", true}, {239, "\x1b", false}, {246, "\r", false}, {246, "\x7f", false}, {247, "\x1b\r\x7f", true}, {0, "\x1b", true},
	} {
		u := units.New("test.service").For(c.version)
		u.Section("Service").Environment("A", c.value)
		if err := u.Err(); (err == nil) != c.ok {
			t.Errorf("%q on %d: %v", c.value, c.version, err)
		}
	}
}

func TestUnit(t *testing.T) {
	u := units.New("flasktasks.service")
	u.Section("Unit").Text("Description", "Psychology tasks")
	u.Section("Install")
	u.Section("Service").Word("Type", "notify").Int("Nice", 5)
	u.Section("Unit").Units("After", "flasktasks.socket")
	got, err := u.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	want := "[Unit]\nDescription=Psychology tasks\nAfter=flasktasks.socket\n\n[Service]\nType=notify\nNice=5\n"
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	if u.Name() != "flasktasks.service" {
		t.Error(u.Name())
	}
}

func TestAllErrorsAreKept(t *testing.T) {
	u := units.New("bad name.service")
	u.Section("Unit").Text("Description", "a\nb").Word("Type", "x y")
	u.Section("Un]it").Int("Nice", 5)
	content, err := u.Bytes()
	if content != nil || err == nil {
		t.Fatalf("got %q, %v", content, err)
	}
	want := `cannot name a unit "bad name.service": not made of letters, digits and :-_.\@ with a type at the end
cannot write Description= in [Unit] of "bad name.service": "a\nb": has a line break or another control character
cannot write Type= in [Unit] of "bad name.service": "x y": not a single word of letters, digits and @._:/=,~+-
cannot write a section "Un]it" to "bad name.service": not a section's name`
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Error(diff)
	}
}

func TestNames(t *testing.T) {
	long := strings.Repeat("x", 247)
	for name, valid := range map[string]bool{
		"a.service": true, "a@.service": true, "a@b.service": true, "a@b@c.service": true, "a.b.socket": true,
		`app-a\x2db.slice`: true, "-.slice": true, ".a.service": true, "a:b_c.timer": true, long + ".service": true,
		"": false, "a": false, ".service": false, "@a.service": false, "a b.service": false, "a/b.service": false,
		"a.snapshot": false, "a.Service": false, "a.service\n": false, "é.service": false, "x" + long + ".service": false,
		"a.service.": false, "%n.service": false,
	} {
		if err := units.ValidName(name); (err == nil) != valid {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestEscapeComponent(t *testing.T) {
	for in, want := range map[string]string{
		"flasktasks": "flasktasks", "flask-tasks": `flask\x2dtasks`, "": "", ".a.b": `\x2ea.b`,
		"a/b": "a-b", `a\b`: `a\x5cb`, "ä@x:y_z w": `\xc3\xa4\x40x:y_z\x20w`, "\xff\n": `\xff\x0a`,
	} {
		if got := units.EscapeComponent(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
