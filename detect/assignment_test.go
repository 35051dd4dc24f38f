package detect

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecounit/plan"
)

func TestBadAssignment(t *testing.T) {
	for content, want := range map[string]int{
		"":                                       0,
		"A=1\n":                                  0,
		"A=1":                                    0,
		"A=1\r\nB=2\r\n":                         0,
		"  A = 1 \n":                             0,
		"A=\n":                                   0,
		"# comment\n; comment\n\n  # c\nA=":      0,
		"A=\"one\ntwo no equals\nthree\"\nB=1\n": 0,
		"A='one\nexport two'\nB=1\n":             0,
		"A=one \\\nexport two\nB=1\n":            0,
		"A=it's\nB=1\n":                          0, // no quote within a word
		"A=\"x\\\"y\"\nB=1\n":                    0,
		"A='x\\'\nB=1\n":                         0,
		"A=\"a\" \"b\nc\"\nB=1\n":                0,
		"URL=postgres://u:p@h/d?a=b#c\nKEY=$HOME `x`\n": 0,
		"export A=1\n":              1,
		"A=1\n\nexport\tB=2\n":      3,
		"A=1\nB\n":                  2,
		"A=1\nnothing":              2,
		"A=1\nB: 2\n":               2,
		"A-B=1\n":                   1,
		"1A=1\n":                    1,
		"=1\n":                      1,
		"\ufeffA=1\n":               1,
		"Ä=1\n":                     1,
		"A=1\nB=\"open\nC=2\n":      2,
		"A=\"x\"\nB='open":          2,
		"A=\"a\n b\"\nexport X=1\n": 3,
		"A=a\\\nb\nexport X=1\n":    3,
	} {
		line, message := 0, ""
		if _, bad := parseAssignments(content); bad != nil {
			line, message = bad.line, bad.message
		}
		if line != want {
			t.Errorf("%q: line %d (%s), want %d", content, line, message, want)
		}
	}
}

func FuzzParseAssignments(f *testing.F) {
	f.Add("A=\"x\\\ny\"\nexport B='\n#\\\n")
	f.Fuzz(func(t *testing.T, content string) {
		if _, bad := parseAssignments(content); bad != nil && (bad.line < 1 || bad.line > strings.Count(content, "\n")+1) {
			t.Errorf("%q: line %d", content, bad.line)
		}
	})
}

func TestEnvFileReadsWhatSystemdReads(t *testing.T) {
	m := fake(t, map[string]string{"/srv/bad": "export A=1\n", "/srv/.env": strings.Join([]string{
		"# comment", "PLAIN=one two  ", "QUOTED=\"a \\\"b\\\" \\$c \\n\" # d", "SINGLE='a \\ b'", "JOINED=\"a\"'b' c",
		"LINES=\"one", "two\"", "LONG=one\\", "two", "SPACE = x", "EMPTY=", "ESCAPED=a\\ b\\", "", "URL=http://x/?a=b#c", "LAST=it's",
	}, "\n")})
	got, err := m.EnvFile("/srv/.env")
	want := []plan.Variable{
		{Name: "PLAIN", Value: "one two"},
		{Name: "QUOTED", Value: `a "b" $c \n# d`},
		{Name: "SINGLE", Value: `a \ b`},
		{Name: "JOINED", Value: "abc"},
		{Name: "LINES", Value: "one\ntwo"},
		{Name: "LONG", Value: "onetwo"},
		{Name: "SPACE", Value: "x"},
		{Name: "EMPTY", Value: ""},
		{Name: "ESCAPED", Value: "a b"},
		{Name: "URL", Value: "http://x/?a=b#c"},
		{Name: "LAST", Value: "it's"},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v; -want +got:\n%s", err, diff)
	}
	for _, path := range []string{"/srv/gone", "/srv/bad"} {
		if _, err := m.EnvFile(path); err == nil {
			t.Errorf("%s: want an error", path)
		}
	}
}
