package descriptor

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"ecounit/tomlfile"
)

// eachKey visits all keys of a type with their rules: process.*.command.
func eachKey(rule string, t reflect.Type, visit func(rule string, t reflect.Type)) {
	if len(FormsOfType(t)) > 0 {
		visit(rule, t)
		return
	}
	switch t.Kind() {
	case reflect.Pointer:
		eachKey(rule, t.Elem(), visit)
	case reflect.Struct:
		for field := range t.Fields() {
			if key := field.Tag.Get("toml"); key != "" {
				eachKey(strings.TrimPrefix(rule+"."+key, "."), field.Type, visit)
			}
		}
	case reflect.Map, reflect.Slice:
		visit(rule, t)
		eachKey(rule+".*", t.Elem(), visit)
	default:
		visit(rule, t)
	}
}

func TestEveryValueHasAForm(t *testing.T) {
	rules := map[string]bool{}
	eachKey("", reflect.TypeFor[Descriptor](), func(rule string, typ reflect.Type) {
		rules[rule] = true
		needs := typ.Kind() == reflect.String || typ.Kind() == reflect.Int || typ.Kind() == reflect.Map
		if needs && len(FormsOf(rule))+len(FormsOfType(typ)) != 1 && len(FormsOfType(typ)) == 0 {
			t.Errorf("%s (%s) has no form", rule, typ)
		}
	})
	for rule := range forms {
		if !rules[rule] {
			t.Errorf("there is a form for %s, but no such key", rule)
		}
	}
}

// TestPatternsCompile: they are compiled when they are first used.
func TestPatternsCompile(*testing.T) {
	check := func(f Form) {
		if f.Pattern != nil {
			f.Pattern.Regexp()
		}
	}
	for _, form := range forms {
		check(form)
	}
	eachKey("", reflect.TypeFor[Descriptor](), func(_ string, typ reflect.Type) {
		for _, form := range FormsOfType(typ) {
			check(form)
		}
	})
	for _, p := range []*tomlfile.Pattern{spanPart, settingValue, placeholder, parameter} {
		p.Regexp()
	}
}

func TestEveryKeyIsInAGoodFile(t *testing.T) {
	seen := map[string]bool{}
	eachInput(t, "good", func(_ *testing.T, _ string, input []byte) {
		d, _ := Parse(FileName, input)
		for _, key := range []string{"web.wsgi", "web.asgi", "web.command", "python.conda", "python.venv", "python.interpreter"} {
			seen[key] = seen[key] || d.Has(key)
		}
	})
	input, err := os.ReadFile(filepath.Join("testdata", "good", "every-key.toml"))
	if err != nil {
		t.Fatal(err)
	}
	d, _ := Parse(FileName, input)
	eachKey("", reflect.TypeFor[Descriptor](), func(rule string, _ reflect.Type) {
		key := strings.NewReplacer("process.*", "process.worker", "job.*", "job.nightly", "env.*", "env.STUDY",
			"env_files.*", "env_files[1]", "paths.*", "paths[0]").Replace(rule)
		if !seen[key] && !d.Has(key) {
			t.Errorf("%s is in no file of testdata/good", key)
		}
	})
}

func TestDurations(t *testing.T) {
	for _, c := range []struct {
		written string
		want    time.Duration // 0: refused
	}{
		{`"1us"`, time.Microsecond},
		{`"500ms"`, 500 * time.Millisecond},
		{`"0.3s"`, 300 * time.Millisecond},
		{`"1.5"`, 1500 * time.Millisecond},
		{`30`, 30 * time.Second},
		{`"30"`, 30 * time.Second},
		{`" 1min  30s "`, 90 * time.Second},
		{`"1min30s"`, 90 * time.Second},
		{`"1 min 30 sec"`, 90 * time.Second},
		{`"1 2"`, 3 * time.Second},
		{`"1h 1hr 1hour 2hours 1m 1minute 2minutes"`, 5*time.Hour + 4*time.Minute},
		{`"1second 2seconds 1sec 1msec 1usec"`, 4*time.Second + 1001*time.Microsecond},
		{`"1d"`, 24 * time.Hour},
		{`"1day"`, 24 * time.Hour},
		{`86400`, 24 * time.Hour},
		{`"86400.000001"`, 0},
		{`"2days"`, 0},
		{`"999999999d 999999999d"`, 0},
		{`9223372036854775807`, 0},
		{`0`, 0},
		{`"0s"`, 0},
		{`"0.4us"`, 0},
		{`-9223372036854775808`, 0},
		{`"-1s"`, 0},
		{`"+1s"`, 0},
		{`""`, 0},
		{`" "`, 0},
		{`"s"`, 0},
		{`"1 x"`, 0},
		{`"1.s"`, 0},
		{`".5s"`, 0},
		{`"1,5s"`, 0},
		{`"1.1234567s"`, 0},
		{`"1234567890us"`, 0},
		{`"1S"`, 0},
		{`"1M"`, 0},
		{`"1w"`, 0},
		{`"infinity"`, 0},
		{`"1s\n"`, 0},
		{`"١s"`, 0},
		{`"1e3"`, 0},
		{`"0x10"`, 0},
	} {
		d, r := Parse("f", []byte("name = 'a'\nweb.wsgi = 'a'\nweb.start_timeout = "+c.written))
		if got := time.Duration(d.Web.StartTimeout); got != c.want || r.HasErrors() != (c.want == 0) {
			t.Errorf("%s: %s, want %s; %v", c.written, got, c.want, r.Entries())
		}
	}
}

func TestBytes(t *testing.T) {
	for written, want := range map[string]Bytes{
		`"1M"`: 1 << 20, `"1024K"`: 1 << 20, `"1G"`: 1 << 30, `"2T"`: 2 << 40, `"1048576"`: 1 << 20, `1048576`: 1 << 20, `"8388607T"`: 8388607 << 40,
		`"8388608T"`: 0, `"1048575"`: 0, `0`: 0, `-1`: 0, `"1m"`: 0, `"1 M"`: 0, `"1MB"`: 0, `"1MiB"`: 0, `"1.5G"`: 0, `"50%"`: 0, `"infinity"`: 0, `"1P"`: 0, `""`: 0, `"M"`: 0, `9223372036854775807`: 1<<63 - 1,
		`"9999999999999999999"`: 0, `"99999999999999999999"`: 0,
	} {
		d, r := Parse("f", []byte("name = 'a'\nweb.wsgi = 'a'\nlimits.memory = "+written))
		if d.Limits.Memory != want || r.HasErrors() != (want == 0) {
			t.Errorf("%s: %d, want %d; %v", written, d.Limits.Memory, want, r.Entries())
		}
	}
}
