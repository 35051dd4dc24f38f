package report

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

func TestTextShowsPlaceLineCaretAndHint(t *testing.T) {
	entry := Entry{
		Severity: Error, File: "ecounit.toml", Range: Range{Line: 2, Column: 1, Length: 6},
		Key: "web.worker", Message: "unknown key `worker` in [web]", Hint: "did you mean `workers`?",
	}
	want := "ecounit.toml:2:1: error: unknown key `worker` in [web]\n" +
		"    2 | worker = 2\n" +
		"      | ^^^^^^\n" +
		"hint: did you mean `workers`?\n"
	if diff := cmp.Diff(want, entry.Text([]byte("[web]\nworker = 2\n"))); diff != "" {
		t.Error(diff)
	}
}

func TestTextWithoutAPlaceOrASource(t *testing.T) {
	for name, c := range map[string]struct {
		entry  Entry
		source []byte
		want   string
	}{
		"the whole file":     {Entry{Severity: Error, File: "f", Message: "m"}, []byte("x"), "f: error: m\n"},
		"no source":          {Entry{Severity: Warning, File: "f", Range: Range{3, 1, 1}, Message: "m"}, nil, "f:3:1: warning: m\n"},
		"line after the end": {Entry{Severity: Error, File: "f", Range: Range{9, 1, 1}, Message: "m"}, []byte("x\n"), "f:9:1: error: m\n"},
	} {
		if diff := cmp.Diff(c.want, c.entry.Text(c.source)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// snippet returns the two lines that show the source.
func snippet(source string, r Range) string {
	_, rest, _ := strings.Cut(Entry{File: "f", Range: r, Message: "m"}.Text([]byte(source)), "\n")
	return rest
}

func TestCaretStandsBelowTheCharacter(t *testing.T) {
	for name, c := range map[string]struct {
		source string
		place  Range
		want   string
	}{
		"tabs are copied":              {"\t\ta = 1", Range{1, 3, 1}, "    1 | \t\ta = 1\n      | \t\t^\n"},
		"a tab in the middle":          {"a\t= b", Range{1, 5, 1}, "    1 | a\t= b\n      |  \t  ^\n"},
		"wide characters take two":     {`a = "日本" x`, Range{1, 10, 1}, "    1 | a = \"日本\" x\n      |            ^\n"},
		"carets below wide characters": {`"日本"`, Range{1, 1, 4}, "    1 | \"日本\"\n      | ^^^^^^\n"},
		"emoji":                        {`"🦊" x`, Range{1, 5, 1}, "    1 | \"🦊\" x\n      |      ^\n"},
		"combining marks take none":    {"e\u0301 x", Range{1, 4, 1}, "    1 | e\u0301 x\n      |   ^\n"},
		"accents":                      {"é x", Range{1, 3, 1}, "    1 | é x\n      |   ^\n"},
		"CRLF":                         {"a = 1\r\nb = 2\r\n", Range{2, 5, 1}, "    2 | b = 2\n      |     ^\n"},
		"the end of a line":            {"a = \"x\n", Range{1, 7, 1}, "    1 | a = \"x\n      |       ^\n"},
		"behind the end":               {"a\n", Range{1, 9, 1}, "    1 | a\n"},
		"a value over several lines":   {"a = '''x\ny'''\n", Range{1, 5, 9}, "    1 | a = '''x\n      |     ^^^^\n"},
		"an empty line":                {"\n\n", Range{2, 1, 0}, "    2 | \n      | ^\n"},
		"a byte order mark":            {"\ufeffa = 1", Range{1, 1, 1}, "    1 | a = 1\n      | ^\n"},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, snippet(c.source, c.place)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLongLinesAreCutAroundTheMistake(t *testing.T) {
	line := strings.Repeat("x", 500) + "!" + strings.Repeat("y", 500)
	for name, c := range map[string]struct {
		source string
		column int
		start  string
	}{
		"at the beginning": {"!" + line, 1, "    1 | !xx"},
		"in the middle":    {line, 501, "    1 | …xx"},
		"at the end":       {line[:501], 501, "    1 | …xx"},
	} {
		lines := strings.Split(snippet(c.source, Range{1, c.column, 1}), "\n")
		if n := len([]rune(lines[0])); n > maxSnippet+len("    1 | ")+2 {
			t.Errorf("%s: %d characters are shown", name, n)
		}
		if !strings.HasPrefix(lines[0], c.start) {
			t.Errorf("%s: %q", name, lines[0])
		}
		at := len([]rune(lines[1])) - 1
		if got := []rune(lines[0])[at]; got != '!' {
			t.Errorf("%s: the caret stands below %q", name, got)
		}
	}
}

func TestNothingReachesTheTerminal(t *testing.T) {
	hostile := "\x1b]0;title\a\x1b[31m\u009b2J\r\b\x7f\x00\u202egnp.exe\u2066\u2028\u200b\xff\xfe"
	entry := Entry{
		Severity: Error, File: hostile + "\n", Range: Range{1, 4, 3},
		Key: hostile, Message: hostile + "\nhint: rm -rf ~", Hint: hostile + "\n",
	}
	got := entry.Text([]byte(hostile + "\nsecond"))
	for _, c := range strings.ReplaceAll(got, "\n", "") {
		if c != '\t' && !unicode.IsGraphic(c) {
			t.Errorf("%U is in %q", c, got)
		}
	}
	if lines := strings.Count(got, "\n"); lines != 4 {
		t.Errorf("%d lines; an entry has a message, two lines of source, and a hint:\n%s", lines, got)
	}
}

func TestTextIsFastInALargeFile(t *testing.T) {
	source := []byte(strings.Repeat("a = 1\n", 1<<17))
	begin := time.Now()
	for range 20 {
		_ = Entry{File: "f", Range: Range{Line: 1 << 17, Column: 1}}.Text(source)
	}
	if spent := time.Since(begin); spent > 10*time.Second {
		t.Errorf("20 entries took %s", spent)
	}
}
