package excerpt

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the expected files of testdata anew")

// TestReports shows what is left of error reports as the journal has them: in
// the 20 lines of a change that fails, and in the 5 of status.
func TestReports(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no reports", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		t.Run(name, func(t *testing.T) {
			lines := read(t, file)
			var b strings.Builder
			for _, n := range []int{20, 5} {
				shown, whole := Of(lines, n)
				fmt.Fprintf(&b, "== %d lines, whole: %t\n%s\n", n, whole, strings.Join(shown, "\n"))
				bounded(t, lines, n)
			}
			golden := strings.TrimSuffix(file, ".txt") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if b.String() != string(want) {
				t.Errorf("got\n%s\nwant\n%s", b.String(), want)
			}
		})
	}
}

// TestTheCauseIsShown: however few lines there are and whatever came after it.
func TestTheCauseIsShown(t *testing.T) {
	causes := map[string]string{
		"gunicorn-two-workers":    "ZeroDivisionError: division by zero",
		"gunicorn-unknown-module": "ModuleNotFoundError: No module named 'nowhere'",
		"gunicorn-one-worker":     "ModuleNotFoundError: No module named 'nowhere'",
		"gunicorn-alone":          "gunicorn.errors.HaltServer: <HaltServer 'Worker failed to boot.' 3>",
		"mixed":                   "ZeroDivisionError: division by zero",
		"node-error":              `TypeError: no flux: "42" is missing`,
		"node-missing-module":     "Error: Cannot find module 'nowhere'",
		"python-recursion":        "RecursionError: maximum recursion depth exceeded",
		"python-syntax-error":     "SyntaxError: invalid syntax",
	}
	for name, cause := range causes {
		lines := read(t, "testdata/"+name+".txt")
		for _, after := range []int{0, 1, 4, 5, 19, 20, 100} {
			more := slices.Clone(lines)
			for i := range after {
				more = append(more, Line{1000, fmt.Sprintf("cleaning up %d", i)})
			}
			for _, n := range []int{1, 2, 3, 5, 20, 200} {
				if shown, _ := Of(more, n); !slices.Contains(shown, cause) {
					t.Errorf("%s, %d lines, %d more:\n%s", name, n, after, strings.Join(shown, "\n"))
				}
			}
		}
	}
}

func TestLinesThatAreNoReport(t *testing.T) {
	numbers := func(from, to int) (all []string) {
		for i := from; i <= to; i++ {
			all = append(all, strconv.Itoa(i))
		}
		return all
	}
	library := `  File "/usr/lib/python3/dist-packages/a.py", line 1, in f`
	for _, test := range []struct {
		name        string
		lines, want []string
		n           int
		whole       bool
	}{
		{"none", nil, nil, 20, true},
		{"few", numbers(1, 3), numbers(1, 3), 3, true},
		{"many", numbers(1, 9), numbers(7, 9), 3, false},
		{"none wanted", numbers(1, 9), nil, 0, false},
		{"below none", numbers(1, 9), nil, -1, false},
		{"one line of a library", []string{library, "E: x"}, []string{library, "E: x"}, 9, true},
		{"cut off before the end", []string{library, "    f()", library, "    f()"}, []string{"  … 2 frames in libraries"}, 9, false},
		{"own code that is called like a library", []string{`  File "/home/a/lib/app.py", line 1, in f`, "    f()", "E: x"}, []string{`  File "/home/a/lib/app.py", line 1, in f`, "    f()", "E: x"}, 9, true},
		{"library of conda", []string{`  File "/home/a/conda/lib/python3.12/json/__init__.py", line 1, in f`, "    f()", "E: x"}, []string{"  … 1 frame in a library", "E: x"}, 9, false},
		{"text like a frame of node", []string{"  at noon", "lunch"}, []string{"  at noon", "lunch"}, 9, true},
		{"the error, and much after it", append([]string{`  File "a.py", line 1, in f`, "    f()", "E: x"}, numbers(1, 9)...), []string{"    f()", "E: x", "… 7 lines", "8", "9"}, 5, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			lines := of(test.lines)
			shown, whole := Of(lines, test.n)
			if !slices.Equal(shown, test.want) || whole != test.whole {
				t.Errorf("got %q, whole %t", shown, whole)
			}
			bounded(t, lines, test.n)
		})
	}
}

func FuzzOf(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.txt")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text), 20)
	}
	f.Add("File \"<frozen x>\", line 1, in f\nFile \"<frozen x>\", line 1, in f", 1)
	f.Add(" at (node:x\n at (node:x\n", 3)
	f.Fuzz(func(t *testing.T, text string, n int) { bounded(t, parse(text), n%1000) })
}

// bounded checks what holds of every excerpt: it has n lines at most, and they
// are those that were printed, in their order, and markers.
func bounded(t *testing.T, lines []Line, n int) {
	t.Helper()
	shown, whole := Of(lines, n)
	if len(shown) > max(n, 0) {
		t.Errorf("%d lines instead of %d", len(shown), n)
	}
	if whole && len(shown) != len(lines) {
		t.Errorf("%d of %d lines are not all", len(shown), len(lines))
	}
	rest := lines
	for _, text := range shown {
		i := slices.IndexFunc(rest, func(l Line) bool { return l.Text == text })
		if i >= 0 {
			rest = rest[i+1:]
		} else if !strings.HasPrefix(strings.TrimLeft(text, " \t|+"), "… ") {
			t.Errorf("%q is from nowhere", text)
		}
	}
}

func read(t *testing.T, file string) []Line {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return parse(string(text))
}

// parse reads lines in the form "PID: text".
func parse(text string) (lines []Line) {
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if pid, rest, ok := strings.Cut(line, ": "); ok {
			if n, err := strconv.Atoi(pid); err == nil {
				lines = append(lines, Line{n, rest})
				continue
			}
		}
		lines = append(lines, Line{0, line})
	}
	return lines
}

func of(texts []string) (lines []Line) {
	for _, text := range texts {
		lines = append(lines, Line{1, text})
	}
	return lines
}
