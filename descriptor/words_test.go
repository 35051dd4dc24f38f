package descriptor

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWordsSplitsAsAShellDoes(t *testing.T) {
	for _, c := range []struct {
		line string
		want []string
	}{
		{"", nil},
		{" \t\n", nil},
		{"a b\tc\nd", []string{"a", "b", "c", "d"}},
		{"  a  b  ", []string{"a", "b"}},
		{`'a b' "c d"`, []string{"a b", "c d"}},
		{`a'b'"c"d`, []string{"abcd"}},
		{`'' "" a''`, []string{"", "", "a"}},
		{`a\ b \\ \' \"`, []string{"a b", `\`, "'", `"`}},
		{`'a\b' '\'`, []string{`a\b`, `\`}},
		{`"a\b" "\"" "\\" "\$x" "\` + "`" + `"`, []string{`a\b`, `"`, `\`, "$x", "`"}},
		{`"it's" 'say "x"'`, []string{"it's", `say "x"`}},
		{"a \\\n b", []string{"a", "b"}},
		{"a\\\nb", []string{"ab"}},
		{"\"a\\\nb\" 'a\\\nb'", []string{"ab", "a\\\nb"}},
		{"a #", nil},
		{"a#b c~d e=~f", []string{"a#b", "c~d", "e=~f"}},
		{`\#a \~b '*' \| "&;<>()"`, []string{"#a", "~b", "*", "|", "&;<>()"}},
		{"--opt=${PORT} '${A}' \"${B}\" \\${C}", []string{"--opt=${PORT}", "${A}", "${B}", "${C}"}},
		{"$ a$ $% $= $. $\\a", []string{"$", "a$", "$%", "$=", "$.", "$a"}},
		{`'$HOME' '$(x)' "\$HOME"`, []string{"$HOME", "$(x)", "$HOME"}},
		{"{a,b} x{1..3} a=b %s @ : ! ^ ]", []string{"{a,b}", "x{1..3}", "a=b", "%s", "@", ":", "!", "^", "]"}},
		{"日本 'ü\u00a0' a\u00a0b", []string{"日本", "ü\u00a0", "a\u00a0b"}},
		{"a\xffb '\xc3' \r\v\f", []string{"a\xffb", "\xc3", "\r\v\f"}},
	} {
		got, err := Words(c.line)
		if c.want == nil && got == nil {
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", c.line, err)
		} else if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q: %s", c.line, diff)
		}
	}
}

func TestWordsRefusesWhatNeedsAShell(t *testing.T) {
	for _, line := range []string{
		"a | b", "a|b", "a && b", "a &", "a; b", "a > b", "a 2>&1", "a < b", "(a)", "a `b`", `"a ` + "`b`" + `"`,
		"a *", "a ?", "a [bc]", "a $HOME", `a "$HOME"`, "a $1", "a $$", "a $!", "a $-", "a $?", "a $#", "a $@", "a $*",
		"a $(b)", `a "$(b)"`, "a $((1))", "a $[1]", "a ${X:-y}", "a ${X", "a ${", `a "${X"`, "a ${1}", "a ${}", "a ${#X}", "a ${X Y}",
		"a $'b'", `a $"b"`, "# a", "a # b", "~/a", "a ~", "a $\\\n(b)", "\"$\\\n(b)\"", "$\\\n\\\nHOME",
	} {
		words, err := Words(line)
		if !errors.Is(err, errShell) {
			t.Errorf("%q: %q, %v", line, words, err)
		}
	}
}

func TestWordsRefusesWhatIsNotClosed(t *testing.T) {
	for _, line := range []string{"'", "a 'b", `"`, `a "b\"`, `a "b\`, `a\`, `\`, "'a\\'b'", "\\\n\\", "\"\\\n"} {
		words, err := Words(line)
		if err == nil || errors.Is(err, errShell) {
			t.Errorf("%q: %q, %v", line, words, err)
		}
	}
}

// TestWordsAgreesWithTheShell gives lines that Words accepts to the real
// /bin/sh. The shell replaces ${NAME} where Words leaves it; with each NAME set
// to '${NAME}' both say the same. What that hides is meant: '${NAME}' in single
// quotes is text to a shell, and is replaced by package plan.
func TestWordsAgreesWithTheShell(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	lines := []string{}
	for len(lines) < 6000 {
		line := soup(random)
		if len(lines)%2 == 0 {
			line = pieces(random)
		}
		if _, err := Words(line); err == nil {
			lines = append(lines, line)
		}
	}
	for i, got := range shellWords(t, lines) {
		want, err := Words(lines[i])
		if err != nil || !cmp.Equal(want, got, cmp.Transformer("", func(w []string) string { return strings.Join(w, "\x00") })) || len(want) != len(got) {
			t.Errorf("%q:\nWords %q\nsh    %q", lines[i], want, got)
		}
	}
}

// soup is a row of characters that mean something to a shell. Line breaks are
// not among them: outside of quotes a shell ends the command there.
func soup(random *rand.Rand) string {
	const letters = "ab01 \t'\"\\\\\\${}()[]|&;<>`*?#~=%!^@:,.-/\r\xff\u00e9"
	row := make([]byte, random.IntN(12))
	for i := range row {
		row[i] = letters[random.IntN(len(letters))]
	}
	return string(row)
}

// pieces is a row of what Words accepts one by one.
func pieces(random *rand.Rand) string {
	all := []string{
		"a", "B", "0", " ", "\t", "  ", "''", `""`, "'a b'", `"a b"`, "'\n'", "\"\n\"", "\\\n", "' \\\n'", "\" \\\n\"", `\ `, `\\`, `\'`, `\"`, `\$`, `\a`, `\#`, `\~`, `\*`,
		`'\'`, `"\\"`, `"\""`, `"\$"`, `"\a"`, `"'"`, `'"'`, `'$a ${A} $(a)'`, "'`*?|&;<>()#~'", `"*?|&;<>()#~[a]"`, "${NAME}", "${A}", `"${A}"`, `"${NAME} x"`, `\${A}`, "'${A}'",
		"=", "-", "--", "{", "}", "{a,b}", "%", "!", "x#", "x~", "$", "$.", "]", "é", "\xff", "\x81", "\r", ":~", "=~",
	}
	var b strings.Builder
	for range random.IntN(8) {
		b.WriteString(all[random.IntN(len(all))])
	}
	return b.String()
}

// shellWords returns the words that one sh makes of each line. It runs where
// globs and ~ would match, and with nothing in its environment.
func shellWords(t *testing.T, lines []string) [][]string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"a", "b", "0", "1", "_", "ab", "a0"} {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var script bytes.Buffer
	script.WriteString("if [ -n \"$BASH_VERSION\" ]; then set +B; fi\nHOME=/home/x\n")
	for _, line := range lines {
		for _, name := range regexp.MustCompile(`\$\{[A-Za-z_][A-Za-z0-9_]*\}`).FindAllString(line, -1) {
			script.WriteString(strings.Trim(name, "${}") + "='" + name + "'\n")
		}
		script.WriteString("set -- " + line + "\nprintf '%s\\0' \"$#\" \"$@\"\n")
	}
	sh := exec.Command("/bin/sh")
	sh.Dir, sh.Env, sh.Stdin = folder, []string{}, &script
	var stderr bytes.Buffer
	sh.Stderr = &stderr
	out, err := sh.Output()
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("sh: %v: %s", err, stderr.String())
	}
	fields := strings.Split(string(out), "\x00")
	all := make([][]string, len(lines))
	for i := range lines {
		if len(fields) == 0 {
			t.Fatalf("sh ended before %q", lines[i])
		}
		count, err := strconv.Atoi(fields[0])
		if err != nil || count >= len(fields) {
			t.Fatalf("at %q: %q", lines[i], fields[0])
		}
		all[i], fields = fields[1:count+1], fields[count+1:]
	}
	return all
}

// FuzzWords: words that are accepted can be quoted and split again.
func FuzzWords(f *testing.F) {
	for _, line := range []string{"a 'b c' \"d $ ${E}\" \\f", "a \\\n b", "a | b", "\xff'", `"\`} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		words, err := Words(line)
		if err != nil {
			if words != nil {
				t.Errorf("%q: words and the error %v", line, err)
			}
			return
		}
		quoted := make([]string, len(words))
		for i, w := range words {
			quoted[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
		again, err := Words(strings.Join(quoted, " "))
		if err != nil || len(again) != len(words) {
			t.Fatalf("%q: %q, then %q, %v", line, words, again, err)
		}
		for i := range words {
			if words[i] != again[i] {
				t.Errorf("%q: %q, then %q", line, words, again)
			}
		}
	})
}
