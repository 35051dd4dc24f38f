package tomlfile

import (
	"slices"
	"testing"

	"ecounit/report"
)

func TestOnlyOneGoesByTheOrderOfTheFile(t *testing.T) {
	var r recipe
	doc, _ := recipes.Read("r.toml", []byte("raw = true\nserve = 2\ntitle = 'x'"), &r)
	given := doc.OnlyOne("title", "heat", "raw", "serve")
	if !slices.Equal(given, []string{"raw", "serve", "title"}) {
		t.Error(given)
	}
	want := "2:9 serve: `raw` and `serve` exclude each other | remove one of them\n" +
		"3:9 title: `raw` and `title` exclude each other | remove one of them"
	if got := said(doc.Report()); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func TestFailLeavesAKeyThatHasAnEntry(t *testing.T) {
	var r recipe
	doc, _ := recipes.Read("r.toml", []byte("serve = 0\ntitel = 'x'"), &r)
	doc.Fail("serve", "", "it is too little")
	if doc.Fail("heat", "h", "%s is missing", "heat"); len(doc.Report().Entries()) != 3 {
		t.Error(said(doc.Report()))
	}
	if !doc.Reported("serve") || !doc.Reported("heat") || doc.Reported("title") {
		t.Error("Reported is wrong")
	}
}

func TestMeant(t *testing.T) {
	var r recipe
	doc, _ := recipes.Read("r.toml", []byte("titel = 'x'\ntext = 'x'\nfan = true"), &r)
	for key, want := range map[string]bool{"title": true, "step": true, "step.text": true, "oven": true, "ove": false, "serve": false, "titel": false} {
		if doc.Meant(key) != want {
			t.Errorf("%s: %v, want %v", key, !want, want)
		}
	}
}

func TestNoDocumentHasNoKeys(t *testing.T) {
	var none *Document
	if none.Has("a") || none.File() != "" || none.Entry(report.Error, "a", "m", "").Line != 0 {
		t.Error("keys of no file")
	}
}

func TestSizes(t *testing.T) {
	for n, want := range map[uint64]string{0: "0", 1: "1", 1023: "1023", 1 << 10: "1K", 1 << 20: "1M", 3 << 30: "3G", 1 << 50: "1024T"} {
		if got := short(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
