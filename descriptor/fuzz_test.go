package descriptor

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"

	"ecounit/report"
)

func FuzzParse(f *testing.F) {
	for _, folder := range []string{"good", "bad"} {
		inputs, err := filepath.Glob(filepath.Join("testdata", folder, "*.toml"))
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range inputs {
			input, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(input)
		}
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		begin := time.Now()
		d, r := Parse(FileName, input)
		if spent := time.Since(begin); spent > 5*time.Second {
			t.Errorf("took %s", spent)
		}
		checkEntries(t, r, input)
		if r.HasErrors() {
			return
		}
		checkRules(t, d)
		var tree map[string]any
		if err := toml.Unmarshal(bytes.TrimPrefix(input, []byte("\ufeff")), &tree); err != nil {
			t.Errorf("accepted, but not TOML: %v", err)
		}
	})
}

// checkEntries: places are inside the file, and nothing but text comes out.
func checkEntries(t *testing.T, r report.Report, input []byte) {
	t.Helper()
	lines := strings.Split(strings.TrimPrefix(string(input), "\ufeff"), "\n")
	last := report.Range{}
	for _, e := range r.Entries() {
		if e.Severity != report.Error || e.File != FileName || e.Message == "" {
			t.Errorf("incomplete: %+v", e)
		}
		if e.Line < last.Line || e.Line == last.Line && e.Column < last.Column {
			t.Errorf("not in the order of the file: %+v after %+v", e, last)
		}
		last = e.Range
		if e.Line == 0 && e.Column == 0 {
			continue
		}
		if e.Line < 1 || e.Line > len(lines) || e.Column < 1 || e.Column > utf8.RuneCountInString(lines[e.Line-1])+1 || e.Length < 0 || e.Length > len(input) {
			t.Errorf("outside of the file: %+v", e)
		}
		for _, c := range strings.ReplaceAll(e.Text(input), "\n", "") {
			if c != '\t' && !unicode.IsGraphic(c) {
				t.Errorf("%U in the text of %+v", c, e)
			}
		}
	}
}

// The rules again, from the documentation and not from the code.
var rules = struct{ name, variable, callable, path, setting *regexp.Regexp }{
	name:     regexp.MustCompile(`\A[a-z0-9][a-z0-9-]{0,31}\z`),
	variable: regexp.MustCompile(`\A[A-Za-z_]\w*\z`),
	callable: regexp.MustCompile(`\A[A-Za-z_][\w.]*\w?(:[A-Za-z_][\w.]*(\(\))?)?\z`),
	path:     regexp.MustCompile(`\A/[a-z0-9][a-z0-9_-]*\z`),
	setting:  regexp.MustCompile(`\A[A-Z][A-Za-z0-9]*\z`),
}

func checkRules(t *testing.T, d *Descriptor) {
	t.Helper()
	must := func(ok bool, what string, value any) {
		t.Helper()
		if !ok {
			t.Errorf("accepted %s: %#v", what, value)
		}
	}
	plain := func(s string) bool { return !strings.ContainsFunc(s, unicode.IsControl) }
	must(rules.name.MatchString(d.Name), "name", d.Name)
	must(plain(d.Description) && utf8.RuneCountInString(d.Description) <= 200, "description", d.Description)
	for _, file := range append([]string{d.Directory, d.Python.Conda, d.Python.Venv, d.Python.Interpreter}, d.EnvFiles...) {
		must(plain(file), "path", file)
	}
	for name, value := range d.Env {
		must(rules.variable.MatchString(name), "variable", name)
		must(!strings.Contains(value, "\x00"), "value", value)
	}
	must(count(d.Has("python.conda"), d.Has("python.venv"), d.Has("python.interpreter")) <= 1, "python", d.Python)
	must(d.Web != nil || len(d.Process) > 0, "nothing", nil)
	if w := d.Web; w != nil {
		must(count(w.WSGI != "", w.ASGI != "", w.Command != nil) == 1, "web", w)
		must(w.WSGI+w.ASGI == "" || rules.callable.MatchString(w.WSGI+w.ASGI), "callable", w.WSGI+w.ASGI)
		must(w.Workers == nil || *w.Workers >= 1 && *w.Workers <= 64 && w.Command == nil, "workers", w.Workers)
		must(w.Path == "" || rules.path.MatchString(w.Path), "path", w.Path)
		must(w.Prefix == "" || w.Prefix == "keep" || w.Prefix == "strip", "prefix", w.Prefix)
		must(w.Health == "" || w.Health[0] == '/' && !strings.Contains(w.Health, "/../"), "health", w.Health)
		must(w.StartTimeout >= 0 && time.Duration(w.StartTimeout) <= 24*time.Hour, "start_timeout", w.StartTimeout)
		must(w.Listen.Port == 0 || w.Listen.Mode == ListenPort && w.Listen.Port >= 1024 && w.Listen.Port <= 65535, "listen", w.Listen)
		checkCommand(t, w.Command, w.Command != nil)
	}
	for name, p := range d.Process {
		must(rules.name.MatchString(name) && name != "web", "process", name)
		must(p.Instances == nil || *p.Instances >= 1 && *p.Instances <= 64, "instances", p.Instances)
		checkCommand(t, p.Command, true)
	}
	must(d.Restart.MaxDelay == 0 || d.Restart.Delay <= d.Restart.MaxDelay, "max_delay", d.Restart)
	must(d.Limits.Memory == 0 || d.Limits.Memory >= 1<<20 && d.Limits.Memory < 1<<63, "memory", d.Limits.Memory)
	must(d.Limits.CPU >= 0 && d.Limits.CPU <= 99999, "cpu", d.Limits.CPU)
	must(d.Limits.Tasks == nil || *d.Limits.Tasks >= 1, "tasks", d.Limits.Tasks)
	for _, settings := range []Settings{d.Systemd.Unit, d.Systemd.Service, d.Systemd.Socket, d.Systemd.Slice} {
		for _, s := range settings {
			must(rules.setting.MatchString(s.Key) && len(s.Values) > 0 && s.Key != "ExecStart", "setting", s)
			for _, v := range s.Values {
				must(!strings.ContainsAny(v, "\n\r\x00\x1b"), "value", v)
			}
		}
	}
}

func checkCommand(t *testing.T, c Command, wanted bool) {
	t.Helper()
	if wanted && (len(c) == 0 || c[0] == "" || strings.Contains(strings.Join(c, ""), "\x00")) {
		t.Errorf("accepted command: %q", c)
	}
}

func count(conditions ...bool) int {
	n := 0
	for _, c := range conditions {
		if c {
			n++
		}
	}
	return n
}

func TestParseIsDeterministic(t *testing.T) {
	eachInput(t, "bad", func(t *testing.T, _ string, input []byte) {
		_, first := Parse(FileName, input)
		for range 20 {
			_, again := Parse(FileName, input)
			if diff := cmp.Diff(first.Entries(), again.Entries()); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}
