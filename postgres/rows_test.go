package postgres

import (
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

func TestCountCopied(t *testing.T) {
	long := strings.Repeat("x", 200<<10)
	text := strings.Join([]string{
		"SET row_security = off;", `\restrict abc`, "-- Data for Name: t",
		"COPY public.t (a, b) FROM stdin;", "1\t2", `\N	\.`, "COPY public.other (a) FROM stdin;", `\\.`, long, "", `\.`, "",
		`COPY "Odd ""one"."the. table" (a, "b c") FROM stdin;`, long + `\.`, `\.`,
		"COPY public.nothing  FROM stdin;", "", "", `\.`,
		"COPY public.empty (a) FROM stdin;", `\.`,
		"SELECT pg_catalog.setval('public.s', 1, true);", "COPY public.t (a) FROM stdin;", "3", `\.`, "COPY broken", "",
	}, "\n")
	want := rowCounts{
		{"public", "t"}: 7, {`Odd "one`, "the. table"}: 1, {"public", "nothing"}: 2, {"public", "empty"}: 0,
	}
	for name, got := range map[string]func() (rowCounts, error){
		"at once":   func() (rowCounts, error) { return countCopied(strings.NewReader(text)) },
		"by bytes":  func() (rowCounts, error) { return countCopied(iotest.OneByteReader(strings.NewReader(text))) },
		"with data": func() (rowCounts, error) { return countCopied(iotest.DataErrReader(strings.NewReader(text))) },
	} {
		rows, err := got()
		if diff := cmp.Diff(want, rows, cmp.AllowUnexported(table{})); diff != "" || err != nil {
			t.Errorf("%s: %v; -want +got:\n%s", name, err, diff)
		}
	}
	if _, err := countCopied(iotest.ErrReader(iotest.ErrTimeout)); err == nil {
		t.Error("an error of the reader is lost")
	}
}

func TestDifference(t *testing.T) {
	should := rowCounts{{"public", "a"}: 1, {"public", "b"}: 0, {"public", "c"}: 2}
	for _, c := range []struct {
		rows rowCounts
		want string
	}{
		{rowCounts{{"public", "a"}: 1, {"public", "c"}: 2, {"public", "more"}: 5}, ""},
		{rowCounts{{"public", "a"}: 1, {"public", "b"}: 1, {"public", "c"}: 2}, "public.b has 1 rows in place of 0"},
		{rowCounts{{"public", "a"}: 1}, "public.c is missing"},
	} {
		if got := c.rows.difference(should); got != c.want {
			t.Errorf("%v: %q, want %q", c.rows, got, c.want)
		}
	}
}

// FuzzCopiedTable: a line as pg_dump writes it names the table again.
func FuzzCopiedTable(f *testing.F) {
	f.Add("public", "t")
	f.Add(`a"."b`, `x (y) FROM stdin;`)
	f.Fuzz(func(t *testing.T, schema, name string) {
		if checkName("schema", schema) != nil || checkName("table", name) != nil {
			t.Skip()
		}
		got, ok := copiedTable("COPY " + Quoted(schema) + "." + Quoted(name) + " (a, b) FROM stdin;\n")
		if !ok || got != (table{schema, name}) {
			t.Errorf("%q.%q: %+v %v", schema, name, got, ok)
		}
	})
}

// FuzzCountCopied: no text makes it fail or count more rows than lines.
func FuzzCountCopied(f *testing.F) {
	f.Add("COPY a.b (c) FROM stdin;\n1\n\\.\n")
	f.Add("COPY \"a\".\"b\" \n")
	f.Fuzz(func(t *testing.T, text string) {
		rows, err := countCopied(strings.NewReader(text))
		if err != nil || rows.total() > int64(strings.Count(text, "\n")+1) {
			t.Errorf("%q: %v %v", text, rows, err)
		}
	})
}
