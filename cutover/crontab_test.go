package cutover

import (
	"slices"
	"strings"
	"testing"
	"time"
)

var mark = Mark(time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC))

const table = "# mine\nMAILTO=\"\"\n@reboot supervisord\n30 4 * * *\tdate +\\%F\n\n@reboot supervisord"

func TestMark(t *testing.T) {
	if mark != "# ecounit migrate 2026-11-23: " {
		t.Error(mark)
	}
}

func TestLinesAreCommentedOutAndNothingElse(t *testing.T) {
	for _, test := range []struct {
		name, text, want string
		numbers          []int
	}{
		{"one", table, strings.Replace(table, "30 4", mark+"30 4", 1), []int{4}},
		{"the last, without an end", table, strings.TrimSuffix(table, "@reboot supervisord") + mark + "@reboot supervisord", []int{6}},
		{"none", table, table, nil},
		{"beyond the end", "a\n", "a\n", []int{2, 9}},
	} {
		if got := Comment(test.text, mark, test.numbers); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestUncommentGivesTheSameBytes(t *testing.T) {
	lines := strings.Split(table, "\n")
	for _, numbers := range [][]int{{3}, {3, 4}, {3, 4, 6}, {6}} {
		var marked []string
		for _, n := range numbers {
			marked = append(marked, lines[n-1])
		}
		got, missing := Uncomment(Comment(table, mark, numbers), mark, marked)
		if got != table || missing != nil {
			t.Errorf("%v: %q, missing %q", numbers, got, missing)
		}
	}
}

func TestUncommentLeavesWhatWasEdited(t *testing.T) {
	text := "# new\n" + mark + "a\n" + mark + "edited\n# ecounit migrate 2025-01-01: old\nnot yet marked\n"
	got, missing := Uncomment(text, mark, []string{"a", "b", "not yet marked"})
	if want := "# new\na\n" + mark + "edited\n# ecounit migrate 2025-01-01: old\nnot yet marked\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if !slices.Equal(missing, []string{"b"}) {
		t.Errorf("missing %q", missing)
	}
}
