package supervisor

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// TestDocsHaveEveryOption: docs/supervisor.md has a row for each option that
// the importer knows. test/equivalence tries what the rows say.
func TestDocsHaveEveryOption(t *testing.T) {
	text, err := os.ReadFile("../../docs/supervisor.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for option := range slices.Values(programOptions) {
		rows = append(rows, option)
	}
	for option := range slices.Values(append([]string{"strip_ansi"}, daemonOptions...)) {
		rows = append(rows, "[supervisord] "+option)
	}
	for _, row := range rows {
		if n := strings.Count(string(text), "\n| `"+row+"` |"); n != 1 {
			t.Errorf("docs/supervisor.md has %d rows for %s", n, row)
		}
	}
}
