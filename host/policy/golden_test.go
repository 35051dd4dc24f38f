package policy

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
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

// TestGoodFiles: what was read is in NAME.json, with a line for each warning.
func TestGoodFiles(t *testing.T) {
	eachInput(t, "good", func(t *testing.T, base string, input []byte) {
		p, r := Parse(FileName, input)
		if r.HasErrors() || !p.Valid() {
			t.Error(textOf(r, input))
		}
		got, err := json.MarshalIndent(p, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden(t, base+".json", string(got)+"\n"+textOf(r, input))
	})
}

// TestBadFiles: what is reported is in NAME.report, and nothing is allowed.
func TestBadFiles(t *testing.T) {
	eachInput(t, "bad", func(t *testing.T, base string, input []byte) {
		p, r := Parse(FileName, input)
		if !r.HasErrors() {
			t.Error("no error")
		}
		if !reflect.ValueOf(p).IsZero() {
			t.Errorf("a policy of a file with mistakes: %+v", p)
		}
		golden(t, base+".report", textOf(r, input))
	})
}

func TestAnEmptyFileIsTheDefault(t *testing.T) {
	p, r := Parse(FileName, nil)
	if diff := cmp.Diff(Default(), p); diff != "" || r.HasErrors() {
		t.Error(diff, r.Entries())
	}
}
