// Package migratetest compares what an importer makes with files. It is for
// tests, and must not know any format.
package migratetest

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecounit/descriptor"
	"ecounit/migrate"
)

var update = flag.Bool("update", false, "write the expected files of testdata anew")

// Golden compares the files of a folder that an importer makes, or writes
// them: the report, and the descriptor of each app.
func Golden(t *testing.T, folder, report string, apps []*migrate.App) {
	t.Helper()
	expected := map[string]string{"import.report": report}
	for _, app := range apps {
		expected[app.Descriptor.Name+".toml"] = Checked(t, app)
	}
	had, err := filepath.Glob(folder + "/*.toml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range had {
		if _, isWanted := expected[filepath.Base(file)]; isWanted {
			continue
		}
		if t.Errorf("%s is not written any more", file); *update {
			_ = os.Remove(file)
		}
	}
	for name, text := range expected {
		file := filepath.Join(folder, name)
		if *update {
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err, "(go test -update writes it)")
		}
		if diff := cmp.Diff(string(want), text); diff != "" {
			t.Errorf("%s: %s", file, diff)
		}
	}
}

// Checked is the text of a descriptor that passes check.
func Checked(t testing.TB, app *migrate.App) string {
	t.Helper()
	text, err := app.Text()
	if err != nil {
		t.Fatal(err)
	}
	_, r := descriptor.Parse(app.File, text)
	for _, e := range r.Entries() {
		t.Errorf("%s\n%s", e.Text(text), text)
	}
	return string(text)
}
