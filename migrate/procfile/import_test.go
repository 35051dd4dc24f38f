package procfile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ecounit/migrate/migratetest"
)

func input(text string) Input {
	return Input{
		File: "Procfile", Text: text, Directory: "/home/alice/shop", Home: "/home/alice",
		Names: func(string) []string { return []string{".env", "Procfile"} },
	}
}

// TestImports: what becomes of testdata/NAME/Procfile is beside it.
func TestImports(t *testing.T) {
	files, err := filepath.Glob("testdata/*/Procfile")
	if err != nil || len(files) < 3 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			in := input(string(text))
			result := Import(in)
			var b strings.Builder
			for _, e := range result.Report.Entries() {
				b.WriteString(e.Text(nil))
			}
			migratetest.Golden(t, filepath.Dir(file), b.String(), result.Apps)
			everyLine(t, in)
		})
	}
}

func everyLine(t testing.TB, in Input) {
	t.Helper()
	said := map[int]bool{}
	for _, e := range Import(in).Report.Entries() {
		said[e.Line] = true
	}
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(in.Text, "\ufeff")) {
		number++
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' && !said[number] {
			t.Errorf("%d: not in the report: %q", number, line)
		}
	}
}

func FuzzImport(f *testing.F) {
	f.Add("web: gunicorn app:app\nworker: celery\n")
	f.Add("web: node server.js --port $PORT\nX: 'a\nx: b\x00\n")
	f.Fuzz(func(t *testing.T, text string) {
		in := input(text)
		for _, app := range Import(in).Apps {
			migratetest.Checked(t, app)
		}
		everyLine(t, in)
	})
}
