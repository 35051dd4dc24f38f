package report

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestJSONFormIsStable(t *testing.T) {
	var r Report
	r.Add(
		Entry{Severity: Error, File: "ecounit.toml", Range: Range{3, 4, 5}, Key: "web.worker", Message: "m", Hint: "h"},
		Entry{Severity: Warning, File: "ecounit.toml", Message: "no place, no key, no hint"},
	)
	got, err := json.Marshal(r.Entries())
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"severity":"warning","file":"ecounit.toml","message":"no place, no key, no hint"},` +
		`{"severity":"error","file":"ecounit.toml","line":3,"column":4,"key":"web.worker","message":"m","hint":"h"}]`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestJSONOfAnEmptyReportIsAList(t *testing.T) {
	got, err := json.Marshal(Report{}.Entries())
	if err != nil || string(got) != "[]" {
		t.Errorf("%s, %v", got, err)
	}
}

func TestEntriesAreInTheOrderOfTheirPlaces(t *testing.T) {
	var r Report
	for _, e := range []Entry{
		{File: "b", Message: "6"},
		{File: "a", Range: Range{Line: 10, Column: 1}, Message: "5"},
		{File: "a", Range: Range{Line: 2, Column: 9}, Message: "3"},
		{File: "a", Range: Range{Line: 2, Column: 9}, Message: "4"},
		{File: "a", Range: Range{Line: 2, Column: 1}, Message: "2"},
		{File: "a", Message: "1"},
	} {
		r.Add(e)
	}
	got := ""
	for _, e := range r.Entries() {
		got += e.Message
	}
	if got != "123456" {
		t.Error(got)
	}
}

func TestCountMergeAndHasErrors(t *testing.T) {
	var r, other Report
	r.Add(Entry{Severity: Warning})
	if r.HasErrors() {
		t.Error("a warning is no error")
	}
	other.Add(Entry{Severity: Error}, Entry{Severity: Warning})
	r.Merge(other)
	if !r.HasErrors() || r.Count(Error) != 1 || r.Count(Warning) != 2 {
		t.Error(r)
	}
}

func TestFirstErrorIsTheFirstInTheFile(t *testing.T) {
	var r Report
	if got := r.FirstError(); got != "" {
		t.Errorf("of nothing: %q", got)
	}
	r.Add(
		Entry{Severity: Error, Range: Range{Line: 5}, Message: "later"},
		Entry{Severity: Warning, Range: Range{Line: 1}, Message: "a warning"},
		Entry{Severity: Error, Range: Range{Line: 2}, Message: "first"},
	)
	if got := r.FirstError(); got != "first" {
		t.Errorf("%q", got)
	}
}

func TestEntriesDoesNotChangeTheReport(t *testing.T) {
	var r Report
	r.Add(Entry{File: "b"}, Entry{File: "a"})
	r.Entries()[0].Message = "changed"
	if r.entries[0].File != "b" || r.entries[1].Message != "" {
		t.Error(r.entries)
	}
}
