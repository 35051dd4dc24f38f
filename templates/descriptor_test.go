package templates

import (
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ecounit/descriptor"
)

func parse(t *testing.T, text []byte) *descriptor.Descriptor {
	t.Helper()
	d, report := descriptor.Parse("ecounit.toml", text)
	for _, e := range report.Entries() {
		t.Errorf("%s\n%s", e.Message, text)
	}
	return d
}

func number(n int) *int { return &n }

var sameKeys = []cmp.Option{cmpopts.IgnoreUnexported(descriptor.Descriptor{}), cmpopts.EquateEmpty(), cmpopts.EquateComparable(netip.Prefix{})}

// whole has every key set that a descriptor can have; parts that exclude each
// other are in others.
func whole() *descriptor.Descriptor {
	yes := true
	return &descriptor.Descriptor{
		Name: "tasks", Description: `says "hello" \ ünïcode`, Directory: "src", EnvFiles: []string{".env", "a b"},
		Env:    map[string]string{"B": "x\ny\t\"", "A": "\x1b[31m\u0085"},
		Python: descriptor.Python{Conda: "flasktasks"},
		Web: &descriptor.Web{
			WSGI: "wsgi:application", Workers: number(3), Path: "/alice_tasks", Prefix: "keep", Health: "/up",
			StartTimeout: descriptor.Duration(90e9), Listen: descriptor.Listen{Mode: descriptor.ListenPort, Port: 8000}, WebSocket: &yes,
			AllowFrom: descriptor.Networks{netip.MustParsePrefix("129.215.0.0/16"), netip.MustParsePrefix("::1/128")}, Auth: "basic", HTTPSOnly: true,
			BodyLimit: 100 << 20, Timeout: descriptor.Duration(90e9), Connections: number(30),
		},
		Database: &descriptor.Database{Postgres: descriptor.Postgres{Wanted: true, Name: "survey"}, URLFile: ".url"},
		Process: map[string]descriptor.Process{
			"worker": {Command: descriptor.Command{"python", "a b.py", "$HOME", ""}, Instances: number(2)},
			"clock":  {Command: descriptor.Command{"sh", "-c", "exit 1 | 'x'"}},
		},
		Job: map[string]descriptor.Job{"nightly": {
			Command: descriptor.Command{"python", "clean.py"}, Schedule: "30 4 * * mon-fri", TimeZone: "Europe/London", Persistent: true,
			RandomDelay: descriptor.Duration(600e9), Timeout: descriptor.Duration(3600e9), Overlap: true, Stdin: "y\n", Env: map[string]string{"A": "x", "LANG": "C"},
		}},
		Watch:     &descriptor.Watch{Paths: []string{"tmp/restart.txt"}, Git: true},
		OnFailure: &descriptor.OnFailure{Command: descriptor.Command{"logger"}, Mail: "alice@example.org", Recovered: true},
		Restart:   descriptor.Restart{Policy: "on-failure", Delay: descriptor.Duration(1500e6), MaxDelay: descriptor.Duration(60e9)},
		Limits:    descriptor.Limits{Memory: 512 << 20, CPU: 150, Tasks: number(200)},
		Sandbox:   descriptor.Sandbox{Level: "strict"},
		Systemd: descriptor.Systemd{
			Unit:    descriptor.Settings{{Key: "Wants", Values: []string{"a.service", "b.service"}}},
			Service: descriptor.Settings{{Key: "Nice", Values: []string{"5"}}, {Key: "UMask", Values: []string{"0077"}}},
			Socket:  descriptor.Settings{{Key: "Backlog", Values: []string{"10"}}},
			Slice:   descriptor.Settings{{Key: "CPUWeight", Values: []string{"50"}}},
		},
	}
}

func TestDescriptorIsReadBackAsItWas(t *testing.T) {
	others := map[string]*descriptor.Descriptor{
		"whole":     whole(),
		"asgi":      {Name: "a", Python: descriptor.Python{Venv: "../env"}, Web: &descriptor.Web{ASGI: "main:app", Listen: descriptor.Listen{Mode: descriptor.ListenSocket}}},
		"command":   {Name: "a", Python: descriptor.Python{Interpreter: "/usr/bin/python3"}, Web: &descriptor.Web{Command: descriptor.Command{"node", "server.js"}}},
		"database":  {Name: "a", Web: &descriptor.Web{WSGI: "a:b"}, Database: &descriptor.Database{Postgres: descriptor.Postgres{Wanted: true}}},
		"processes": {Name: "a", Process: map[string]descriptor.Process{"worker": {Command: descriptor.Command{"celery"}}}},
		"any port":  {Name: "a", Web: &descriptor.Web{WSGI: "a:b", Listen: descriptor.Listen{Mode: descriptor.ListenPort}}, Limits: descriptor.Limits{Memory: 3<<20 + 5}},
	}
	for name, d := range others {
		t.Run(name, func(t *testing.T) {
			text, err := Descriptor(d)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(d, parse(t, text), sameKeys...); diff != "" {
				t.Errorf("written and read back (-want +got):\n%s\n%s", diff, text)
			}
			if strings.Contains(string(text), "\n\n\n") || strings.Contains(string(text), " \n") {
				t.Errorf("blank lines or blanks too many:\n%q", text)
			}
		})
	}
}

// A key that is added to the descriptor must be written, too.
func TestWholeHasEveryKey(t *testing.T) {
	d := whole()
	d.Web.ASGI, d.Web.Command = "a:b", descriptor.Command{"x"}
	d.Python.Venv, d.Python.Interpreter = "x", "y"
	var walk func(path string, v reflect.Value)
	walk = func(path string, v reflect.Value) {
		for i := range v.NumField() {
			key := v.Type().Field(i).Tag.Get("toml")
			if key == "" {
				continue
			}
			field := v.Field(i)
			if field.IsZero() {
				t.Errorf("%s%s is not set; set it in whole, and write it in descriptor.tmpl", path, key)
			}
			if field = reflect.Indirect(field); field.Kind() == reflect.Struct && isTable(field.Type()) {
				walk(path+key+".", field)
			}
		}
	}
	walk("", reflect.ValueOf(d).Elem())
}

func TestDescriptorOfUnknownProject(t *testing.T) {
	text, err := Descriptor(&descriptor.Descriptor{Name: "tasks"})
	if err != nil {
		t.Fatal(err)
	}
	_, report := descriptor.Parse("ecounit.toml", text)
	entries := report.Entries()
	if len(entries) != 1 || entries[0].Key != "web" {
		t.Fatalf("want one complaint, that there is nothing to run; got %v", entries)
	}
	for _, line := range []string{`wsgi = "app:app"`, `asgi = "main:app"`, `command = ["node", "server.js"]`} {
		uncommented := strings.Replace(strings.Replace(string(text), "# [web]\n", "[web]\n", 1), "# "+line, line, 1)
		parse(t, []byte(uncommented))
	}
}

func TestDescriptorRefusesWhatTOMLCannotHold(t *testing.T) {
	if _, err := Descriptor(&descriptor.Descriptor{Name: "a", Env: map[string]string{"A": "\xff"}}); err == nil {
		t.Error("want an error")
	}
}

func FuzzQuoted(f *testing.F) {
	f.Add("a\"\\\n\x7f")
	f.Add("\u0000")
	f.Fuzz(func(t *testing.T, s string) {
		if strings.ContainsRune(s, 0) { // a descriptor refuses them
			return
		}
		text, err := Descriptor(&descriptor.Descriptor{Name: "a", Web: &descriptor.Web{Command: descriptor.Command{"x", s}}})
		if err != nil {
			return
		}
		if got := parse(t, text).Web.Command[1]; got != s {
			t.Errorf("%q became %q", s, got)
		}
	})
}
