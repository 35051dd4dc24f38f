//go:build machine

package equivalence

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// row is an option in docs/supervisor.md.
type row struct {
	option  string // as cases call it
	kind    string // of the section: program, supervisord, …
	key     string // how the report calls it
	report  []string
	differs string
}

var tableLine = regexp.MustCompile("(?m)^\\| `(?:\\[([a-z_-]+)(?::x)?\\] ?)?([a-z_]*)` \\| ([a-z ,]+) \\|.*\\| (.+) \\|$")

func rows(t *testing.T) (all []row) {
	t.Helper()
	for _, found := range tableLine.FindAllStringSubmatch(read(t, "../../docs/supervisor.md"), -1) {
		r := row{option: found[2], kind: found[1], key: found[2], report: strings.Split(found[3], ", "), differs: found[4]}
		switch {
		case r.kind == "":
			r.kind = "program"
		case r.key == "":
			r.option = r.kind
		default:
			r.option = r.kind + "." + r.key
		}
		all = append(all, r)
	}
	return all
}

// TestTableAndCasesAgree: each row of the table has a program that tries it,
// and says "nothing" only where the programs see no difference.
func TestTableAndCasesAgree(t *testing.T) {
	var options []string
	for _, r := range rows(t) {
		options = append(options, r.option)
		if len(about(r.option)) == 0 {
			t.Errorf("no case is about %s", r.option)
		}
		differs := slices.ContainsFunc(about(r.option), func(c *aCase) bool {
			return slices.ContainsFunc(c.differs, func(d difference) bool {
				return r.key != "" && strings.Contains(d.told, ": "+r.key+": ") || r.key == "" && strings.Contains(d.told, ": ["+r.kind+":")
			})
		})
		if says := r.differs != "nothing"; says != (differs || unseen[r.option] != "") {
			t.Errorf("%s differs: the table says %t, the cases %t", r.option, says, differs)
		}
	}
	if len(options) < 55 {
		t.Errorf("only %d rows", len(options))
	}
	for _, c := range cases {
		for option := range strings.FieldsSeq(c.options) {
			if !slices.Contains(options, option) {
				t.Errorf("%s: the table has no %s", c.program, option)
			}
		}
	}
}

var said = regexp.MustCompile(`^(kept|changed|not needed|no equivalent): (?:(\w+)|\[([^]]*)\]): (.*)$`)

// agree compares the table with a report.
func agree(t *testing.T, by reports) {
	t.Helper()
	for _, r := range rows(t) {
		verdicts := map[string]bool{}
		for section, entries := range by {
			kind, _, _ := strings.Cut(section, ":")
			tried := kind != "program" || slices.ContainsFunc(about(r.option), func(c *aCase) bool { return c.section() == section })
			for _, entry := range entries {
				found := said.FindStringSubmatch(entry)
				if found != nil && kind == r.kind && tried && (found[2] == r.key && r.key != "" || r.key == "" && found[3] == section) {
					verdicts[found[1]] = true
				}
			}
		}
		want := slices.Sorted(slices.Values(r.report))
		if got := slices.Sorted(maps.Keys(verdicts)); !slices.Equal(got, want) {
			t.Errorf("%s: the table says %q, the report %q", r.option, want, got)
		}
	}
	text := strings.Join(strings.Fields(read(t, "../../docs/supervisor.md")), " ")
	for _, entry := range by["supervisord"] {
		if found := said.FindStringSubmatch(entry); found != nil && found[3] == "supervisord" && !strings.Contains(text, "- "+found[4]) {
			t.Errorf("docs/supervisor.md does not say %q", found[4])
		}
	}
}
