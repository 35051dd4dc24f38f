package supervisor

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ecounit/migrate"
	"ecounit/migrate/migratetest"
	"ecounit/migrate/supervisor/conf"
	"ecounit/report"
)

const home = "/home/alice"

// machine is a home directory out of texts.
func machine(texts map[string]string) Input {
	files := conf.Files{
		Read: func(name string) ([]byte, error) {
			if text, ok := texts[name]; ok {
				return []byte(text), nil
			}
			return nil, fs.ErrNotExist
		},
		Names: func(folder string) (names []string) {
			for name := range texts {
				if rest, below := strings.CutPrefix(name, strings.TrimSuffix(folder, "/")+"/"); below {
					first, _, _ := strings.Cut(rest, "/")
					names = append(names, first)
				}
			}
			slices.Sort(names)
			return slices.Compact(names)
		},
	}
	return Input{User: "alice", Input: conf.Input{
		File: home + "/supervisord.conf", Files: files, Host: "eco", Home: home,
		Environment: map[string]string{"STUDY": "12", "PATH": "/usr/bin:/bin", "HOME": home},
	}}
}

// folder reads a case of testdata: all its files, and the names in paths.
func folder(t testing.TB, name string) map[string]string {
	t.Helper()
	texts := map[string]string{}
	err := fs.WalkDir(os.DirFS(name), ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(name, file))
		if file == "paths" {
			for line := range strings.Lines(string(text)) {
				texts[path.Join(home, strings.TrimSpace(line))] = ""
			}
			return err
		}
		texts[path.Join(home, file)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// TestImports: what becomes of testdata/NAME/supervisord.conf is beside it,
// each app in APP.toml, and the report in import.report.
func TestImports(t *testing.T) {
	cases, err := filepath.Glob("testdata/*/supervisord.conf")
	if err != nil || len(cases) < 9 {
		t.Fatal(cases, err)
	}
	for _, file := range cases {
		dir := filepath.Dir(file)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			in := machine(folder(t, dir))
			result := Import(in)
			everyLine(t, in, result)
			migratetest.Golden(t, dir, textOf(result), result.Apps)
		})
	}
}

func textOf(result migrate.Result) string {
	var b strings.Builder
	for _, e := range result.Report.Entries() {
		b.WriteString(strings.Replace(e.Text(nil), home+"/", "", 1))
	}
	for _, app := range result.Apps {
		b.WriteString("wrote " + app.File)
		for _, old := range app.Old {
			b.WriteString(" in place of " + old.Name)
		}
		if app.Off {
			b.WriteString(", not to be enabled")
		}
		b.WriteString("\n")
	}
	return b.String()
}

var comment = regexp.MustCompile(`^\s*([;#]|$)`)

// everyLine: nothing is dropped silently.
func everyLine(t testing.TB, in Input, result migrate.Result) {
	t.Helper()
	if result.Report.Count(report.Error) > 0 {
		return
	}
	config, _ := conf.Read(in.Input)
	files := map[string]bool{}
	for _, l := range config.Lines {
		files[l.File] = true
	}
	said := map[string]map[int]bool{}
	for _, e := range result.Report.Entries() {
		if e.Message == "" || !slices.Contains([]report.Severity{migrate.Kept, migrate.Changed, migrate.NotNeeded, migrate.Lost}, e.Severity) {
			t.Errorf("%+v", e)
		}
		if said[e.File] == nil {
			said[e.File] = map[int]bool{}
		}
		said[e.File][e.Line] = true
	}
	for file := range files {
		text, err := in.Files.Read(file)
		if err != nil {
			t.Fatal(err)
		}
		number := 0
		for line := range strings.SplitSeq(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(text)), "\n") {
			number++
			if isComment := comment.MatchString(line); !isComment && !said[file][number] {
				t.Errorf("%s:%d: not in the report: %q", file, number, line)
			}
		}
	}
}

func TestNULIsRefused(t *testing.T) {
	for text, line := range map[string]string{
		"[supervisord]\n[program:a]\ncommand=sleep \x001\n":              ":3:",
		"[supervisord]\n[program:a]\ncommand=sleep 1\ndirectory=/\x00\n": ":4:",
		"[supervisord]\n[program:a\x00]\ncommand=sleep 1\n":              ":2:",
	} {
		result := Import(machine(map[string]string{home + "/supervisord.conf": text}))
		got := ""
		for _, e := range result.Report.Entries() {
			got += e.Text(nil)
		}
		if want := home + "/supervisord.conf" + line + "1: error: the line holds a NUL character\nhint: write the line anew\n"; len(result.Apps) > 0 || got != want {
			t.Errorf("%q: %d apps, %s", text, len(result.Apps), got)
		}
	}
}
