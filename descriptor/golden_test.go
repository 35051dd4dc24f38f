package descriptor

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecounit/report"
)

var update = flag.Bool("update", false, "write the expected files of testdata anew")

// golden compares got with a file, or writes it with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err, "(go test -update writes it)")
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

// eachInput runs for every NAME.toml of a folder of testdata.
func eachInput(t *testing.T, folder string, run func(t *testing.T, base string, input []byte)) {
	t.Helper()
	inputs, err := filepath.Glob(filepath.Join("testdata", folder, "*.toml"))
	if err != nil || len(inputs) == 0 {
		t.Fatal("no inputs", err)
	}
	for _, name := range inputs {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".toml"), func(t *testing.T) {
			input, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			run(t, strings.TrimSuffix(name, ".toml"), input)
		})
	}
}

func textOf(r report.Report, source []byte) string {
	var b strings.Builder
	for _, e := range r.Entries() {
		b.WriteString(e.Text(source))
		b.WriteString("\n")
	}
	return b.String()
}

// TestGoodFiles: what was read is in NAME.json.
func TestGoodFiles(t *testing.T) {
	eachInput(t, "good", func(t *testing.T, base string, input []byte) {
		d, r := Parse(FileName, input)
		if len(r.Entries()) > 0 {
			t.Error(textOf(r, input))
		}
		got, err := json.MarshalIndent(d, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden(t, base+".json", string(got)+"\n")
	})
}

// TestBadFiles: what is reported is in NAME.report.
func TestBadFiles(t *testing.T) {
	eachInput(t, "bad", func(t *testing.T, base string, input []byte) {
		_, r := Parse(FileName, input)
		if !r.HasErrors() {
			t.Error("no error")
		}
		golden(t, base+".report", textOf(r, input))
	})
}

// TestOneEntryPerPlace: a mistake is not told twice.
func TestOneEntryPerPlace(t *testing.T) {
	eachInput(t, "bad", func(t *testing.T, _ string, input []byte) {
		_, r := Parse(FileName, input)
		places := map[report.Range]bool{}
		for _, e := range r.Entries() {
			if e.Line > 0 && places[e.Range] {
				t.Errorf("two entries at %d:%d", e.Line, e.Column)
			}
			places[e.Range] = true
		}
	})
}
