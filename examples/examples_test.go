package examples

import (
	"os"
	"path/filepath"
	"testing"

	"ecounit/descriptor"
)

// Every folder here is an example with a page of its own, and a descriptor
// without a mistake, but for the one that shows what ecounit init is for.
func TestExamples(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		folder := entry.Name()
		t.Run(folder, func(t *testing.T) {
			if _, err := os.Stat(filepath.Join(folder, "README.md")); err != nil {
				t.Error(err)
			}
			file := filepath.Join(folder, descriptor.FileName)
			text, err := os.ReadFile(file)
			if folder == "procfile-app" {
				if err == nil {
					t.Errorf("%s is there", file)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			d, report := descriptor.Parse(file, text)
			for _, e := range report.Entries() {
				t.Errorf("%+v", e)
			}
			if other, taken := names[d.Name]; taken {
				t.Errorf("%s and %s have the same name", folder, other)
			}
			names[d.Name] = folder
		})
	}
	if len(names) < 3 {
		t.Errorf("only %d descriptors", len(names))
	}
}
