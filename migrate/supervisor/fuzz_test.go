package supervisor

import (
	"path"
	"path/filepath"
	"testing"

	"ecounit/migrate/migratetest"
	"ecounit/migrate/supervisor/conf/conftest"
	"ecounit/report"
)

// TestWhatSupervisorTakesPassesCheck: whatever configuration there is, its
// descriptors can be read, and every line is in the report.
func TestWhatSupervisorTakesPassesCheck(t *testing.T) {
	imported := 0
	for seed := range uint64(3000) {
		texts := map[string]string{}
		for name, text := range conftest.Files(seed) {
			texts[path.Join(home, name)] = text
		}
		in := machine(texts)
		result := Import(in)
		if result.Report.Count(report.Error) == 0 {
			imported++
		}
		for _, app := range result.Apps {
			migratetest.Checked(t, app)
		}
		everyLine(t, in, result)
		if t.Failed() {
			t.Fatalf("seed %d:\n%s", seed, texts[in.File])
		}
	}
	if imported < 1000 {
		t.Errorf("only %d", imported)
	}
}

func FuzzImport(f *testing.F) {
	cases, err := filepath.Glob("testdata/*/supervisord.conf")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range cases {
		f.Add(folder(f, filepath.Dir(file))[home+"/supervisord.conf"])
	}
	f.Fuzz(func(t *testing.T, text string) {
		in := machine(map[string]string{home + "/supervisord.conf": text})
		result := Import(in)
		for _, app := range result.Apps {
			if _, err := app.Text(); err == nil { // not what TOML cannot hold
				migratetest.Checked(t, app)
			}
		}
	})
}
