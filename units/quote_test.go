package units_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"ecounit/units"
)

// only writes one setting and reads it back. It returns false when the value
// was refused.
func only(t *testing.T, key string, set func(*units.Section)) (value string, ok bool) {
	t.Helper()
	u := units.New("test.service")
	u.Section("Unit").Word("Before", "x")
	set(u.Section("Service"))
	u.Section("Install").Word("After", "y")
	content, err := u.Bytes()
	if err != nil {
		return "", false
	}
	settings, err := parseFile(string(content))
	if err != nil {
		t.Fatalf("%v in %q", err, content)
	}
	if len(settings) != 3 || settings[0] != (setting{"Unit", "Before", "x"}) || settings[1].Section != "Service" ||
		settings[1].Key != key || settings[2] != (setting{"Install", "After", "y"}) {
		t.Fatalf("the value left its line: %q\n%q", settings, content)
	}
	return settings[1].Value, true
}

// expressible says which strings a process can get through systemd.
func expressible(s string) bool {
	return utf8.ValidString(s) && !strings.Contains(s, "\x00") && len(s) < 128<<10
}

func FuzzExec(f *testing.F) {
	f.Add("/usr/bin/node", "server.js", "--port=$PORT %n")
	f.Add("/a ${b}$$c$d %n", "$$", "\"';\\")
	f.Add("/a", ";", "\xff\x00")
	f.Add("/a\\", "a\nb\tc\x01\u0085\u202e", "")
	f.Add("/a/", "'", `\x41`)
	f.Fuzz(func(t *testing.T, program, first, second string) {
		value, ok := only(t, "ExecStart", func(s *units.Section) { s.Exec("ExecStart", program, first, second) })
		wantOK := expressible(first) && expressible(second) && goodPath(program) &&
			!strings.ContainsAny(program, `"'\`) && !strings.HasSuffix(program, "/") && !strings.HasSuffix(program, " ") && len(value) < 1<<20
		if ok != wantOK {
			t.Fatalf("written: %v, want %v", ok, wantOK)
		}
		if !ok {
			return
		}
		path, argv, err := commandLine(value)
		if err != nil {
			t.Fatalf("%v in %q", err, value)
		}
		if path != program || !slices.Equal(argv, []string{program, first, second}) {
			t.Errorf("got %q, %q from %q", path, argv, value)
		}
	})
}

func FuzzEnvironment(f *testing.F) {
	f.Add("DATABASE_URL", "postgresql:///x?host=%2Frun")
	f.Add("A", "a\nb\tc\x7f\"'\\$HOME ${X} $$ %n %% é\u2028")
	f.Add("1A", "\xff")
	f.Add("A B", "\x00")
	f.Fuzz(func(t *testing.T, name, value string) {
		written, ok := only(t, "Environment", func(s *units.Section) { s.Environment(name, value) })
		goodName := name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") == "" &&
			(name[0] < '0' || name[0] > '9')
		if wantOK := goodName && expressible(name+"="+value); ok != wantOK {
			t.Fatalf("written: %v, want %v", ok, wantOK)
		}
		if !ok {
			return
		}
		words, err := splitWords(written, true)
		if err != nil || len(words) != 1 {
			t.Fatalf("got %q, %v from %q", words, err, written)
		}
		if got := specifiers(words[0]); got != name+"="+value {
			t.Errorf("got %q from %q", got, written)
		}
	})
}

// goodPath says which paths are of a form that a unit file can name.
func goodPath(path string) bool {
	return strings.HasPrefix(path, "/") && utf8.ValidString(path) && !strings.ContainsFunc(path, unicode.IsControl) &&
		len(path) < 4096 && !slices.ContainsFunc(strings.Split(path, "/"), func(s string) bool { return len(s) > 255 })
}

func FuzzPath(f *testing.F) {
	f.Add("/home/bob/flask-tasks", "/srv")
	f.Add("/a b/\"%n\"\\ ", "/c\\")
	f.Add("/a/../b", "/a//./b/")
	f.Add("/a\t", "-/a*[b]?")
	f.Add("a", "/\xff\n")
	f.Fuzz(func(t *testing.T, path, other string) {
		want, err := simplify(path)
		good := err == nil && goodPath(path)
		for _, key := range []string{"WorkingDirectory", "PathChanged", "EnvironmentFile"} {
			value, ok := only(t, key, func(s *units.Section) { s.Path(key, path) })
			dash := strings.HasPrefix(path, "-/") && key != "PathChanged"
			// The escapes of a pattern and the slash that protects the end
			// take room that a path of full length does not have.
			tight := len(path) > 4000 || strings.ContainsAny(path, `*?[\`) && len(path) > 120
			if ok != good && !tight && !dash {
				t.Fatalf("%s: written: %v, want %v", key, ok, good)
			}
			if !ok || dash {
				continue
			}
			got, err := simplify(specifiers(value))
			if key == "EnvironmentFile" {
				got = unglob(t, got)
			}
			if err != nil || got != want {
				t.Errorf("%s: got %q, %v from %q", key, got, err, value)
			}
		}
		value, ok := only(t, "RequiresMountsFor", func(s *units.Section) { s.PathList("RequiresMountsFor", path, other) })
		wantOther, err := simplify(other)
		if ok != (good && err == nil && goodPath(other)) {
			t.Fatalf("list: written: %v", ok)
		}
		if !ok {
			return
		}
		words, err := splitWords(value, false)
		if err != nil || len(words) != 2 {
			t.Fatalf("got %q, %v from %q", words, err, value)
		}
		for i, want := range []string{want, wantOther} {
			if got, err := simplify(specifiers(words[i])); err != nil || got != want {
				t.Errorf("got %q, %v from %q", got, err, value)
			}
		}
	})
}

// unglob reads a pattern of glob(7) that has to match one path only.
func unglob(t *testing.T, pattern string) string {
	t.Helper()
	var out []byte
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; c {
		case '*', '?', '[':
			t.Errorf("wildcard in %q", pattern)
		case '\\':
			i++
			out = append(out, pattern[i])
		default:
			out = append(out, c)
		}
	}
	return string(out)
}

func FuzzText(f *testing.F) {
	f.Add("Psychology tasks, 50% off \\")
	f.Add("a\n[Service]\nExecStart=/bin/sh")
	f.Add(" %n\u2028")
	f.Fuzz(func(t *testing.T, text string) {
		value, ok := only(t, "Description", func(s *units.Section) { s.Text("Description", text) })
		if ok && specifiers(value) != text {
			t.Errorf("got %q from %q", specifiers(value), value)
		}
		plain := text != "" && utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl) && !strings.HasSuffix(text, `\`)
		if plain && !ok && strings.Trim(text, " ") == text && len(text) < 1<<19 {
			t.Error("refused")
		}
		raw, ok := only(t, "Description", func(s *units.Section) { s.Raw("Description", text) })
		if ok && raw != strings.Trim(text, " \t") {
			t.Errorf("got %q", raw)
		}
		if plain && !ok && len(text) < 1<<19 {
			t.Error("raw refused")
		}
	})
}

func FuzzNames(f *testing.F) {
	f.Add("Type", "Service", "a.service")
	f.Add("A=b\nC", "A]\n[B", "a b.service\n")
	f.Fuzz(func(t *testing.T, key, section, name string) {
		u := units.New("test.service")
		u.Section(section).Word(key, "x").Units("After", name)
		content, err := u.Bytes()
		if err != nil {
			return
		}
		settings, err := parseFile(string(content))
		want := []setting{{section, key, "x"}, {section, "After", name}}
		if err != nil || !slices.Equal(settings, want) {
			t.Errorf("got %q, %v; want %q", settings, err, want)
		}
		escaped := units.EscapeComponent(key)
		if key != "" && len(escaped) < 200 {
			if err := units.ValidName(escaped + ".slice"); err != nil {
				t.Error(err)
			}
		}
	})
}
