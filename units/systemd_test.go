package units_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// This file is systemd's reading of unit files, written from its manual pages
// and, where they are silent, from what 247, 252 and 257 were seen to do
// (machine_test.go). It shares nothing with the code under test. Whatever
// systemd would expand becomes «what», so that a forgotten escape shows.

// setting is one assignment as systemd's parser hands it on.
type setting struct{ Section, Key, Value string }

// parseFile reads a whole file.
func parseFile(content string) ([]setting, error) {
	var settings []setting
	section, pending := "", ""
	for line := range strings.FieldsFuncSeq(content, func(r rune) bool { return r == '\n' || r == '\r' || r == 0 }) {
		if len(line) >= 1<<20 {
			return nil, errors.New("line too long")
		}
		if start := strings.TrimLeft(line, " \t"); strings.HasPrefix(start, "#") || strings.HasPrefix(start, ";") {
			continue
		}
		line = pending + line
		pending = ""
		escaped := false
		for i := range len(line) {
			escaped = !escaped && line[i] == '\\'
		}
		if escaped {
			pending = line[:len(line)-1] + " "
			continue
		}
		line = strings.Trim(line, " \t")
		switch key, value, found := strings.Cut(line, "="); {
		case line == "":
		case !utf8.ValidString(line):
			return nil, errors.New("not UTF-8")
		case line[0] == '[':
			if !strings.HasSuffix(line, "]") {
				return nil, fmt.Errorf("bad section %q", line)
			}
			section = line[1 : len(line)-1]
		case !found:
			return nil, fmt.Errorf("no = in %q", line)
		default:
			settings = append(settings, setting{section, strings.TrimRight(key, " \t"), strings.TrimLeft(value, " \t")})
		}
	}
	if pending != "" {
		return nil, errors.New("continued past the end")
	}
	return settings, nil
}

// splitWords splits a value into words and takes their quotes away, with
// (cEscapes) or without the escapes of C. A bare ; is an error: it separates
// commands.
func splitWords(value string, cEscapes bool) ([]string, error) {
	var words []string
	var word []byte
	inWord, bare, quote := false, true, byte(0)
	for i := 0; i < len(value); i++ {
		c := value[i]
		switch {
		case c == '\\':
			inWord, bare = true, false
			i++
			if i == len(value) {
				return nil, errors.New("ends in a backslash")
			}
			if !cEscapes {
				word = append(word, value[i])
				break
			}
			b, size, err := unescape(value[i:])
			if err != nil {
				return nil, err
			}
			word = append(word, b)
			i += size - 1
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			word = append(word, c)
		case c == '"' || c == '\'':
			quote, inWord, bare = c, true, false
		case c == ' ' || c == '\t':
			if bare && string(word) == ";" {
				return nil, errors.New("several commands")
			}
			if inWord {
				words = append(words, string(word))
				word, inWord, bare = nil, false, true
			}
		default:
			word, inWord = append(word, c), true
		}
	}
	if quote != 0 {
		return nil, errors.New("quote not closed")
	}
	if inWord {
		words = append(words, string(word))
	}
	return words, nil
}

// unescape reads one escape after its backslash, of those that a byte has.
func unescape(s string) (b byte, size int, err error) {
	switch s[0] {
	case '\\', '"', '\'':
		return s[0], 1, nil
	case 's':
		return ' ', 1, nil
	case 'n':
		return '\n', 1, nil
	case 't':
		return '\t', 1, nil
	case 'x':
		var n byte
		if len(s) < 3 {
			return 0, 0, errors.New("short \\x")
		}
		if _, err := fmt.Sscanf(s[1:3], "%02x", &n); err != nil {
			return 0, 0, fmt.Errorf("bad escape %q", s[:3])
		}
		if n == 0 {
			return 0, 0, errors.New("NUL")
		}
		return n, 3, nil
	}
	return 0, 0, fmt.Errorf("unknown escape %q", s[:1])
}

// specifiers expands %.
func specifiers(s string) string {
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] != '%' || i+1 == len(s):
			out.WriteByte(s[i])
		case s[i+1] == '%':
			out.WriteByte('%')
			i++
		case strings.IndexByte("abBCdDEfgGhHiIjJlLmMnNoOpPsStTuUvVwWyY", s[i+1]) >= 0:
			out.WriteString("«%" + s[i+1:i+2] + "»")
			i++
		default:
			out.WriteByte('%')
		}
	}
	return out.String()
}

// variables expands $ in one word of a command line.
func variables(s string) string {
	if len(s) > 1 && s[0] == '$' && s[1] != '{' && s[1] != '$' {
		return "«" + s + "»"
	}
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		rest := s[i:]
		switch {
		case strings.HasPrefix(rest, "$$"):
			out.WriteByte('$')
			i++
		case strings.HasPrefix(rest, "${") && strings.Contains(rest, "}"):
			end := strings.IndexByte(rest, '}')
			out.WriteString("«" + rest[:end+1] + "»")
			i += end
		default:
			out.WriteByte(s[i])
		}
	}
	return out.String()
}

// commandLine reads Exec*=: the path that is executed and the arguments that
// the process gets, argv[0] included.
func commandLine(value string) (path string, argv []string, err error) {
	words, err := splitWords(value, true)
	if err != nil {
		return "", nil, err
	}
	if len(words) == 0 {
		return "", nil, errors.New("empty")
	}
	path, ownName := strings.CutPrefix(words[0], "@")
	path = specifiers(path)
	if !strings.HasPrefix(path, "/") || strings.HasSuffix(path, "/") || strings.ContainsAny(path, "\"'\\\x7f") ||
		strings.ContainsFunc(path, func(r rune) bool { return r < ' ' }) {
		return "", nil, fmt.Errorf("refused program %q", path)
	}
	if !ownName {
		argv = append(argv, variables(path))
	}
	for _, word := range words[1:] {
		argv = append(argv, variables(specifiers(word)))
	}
	return path, argv, nil
}

// simplify is what systemd does to paths.
func simplify(path string) (string, error) {
	if !strings.HasPrefix(path, "/") {
		return "", fmt.Errorf("not absolute: %q", path)
	}
	if len(path) > 4095 {
		return "", errors.New("path too long")
	}
	var kept []string
	for name := range strings.SplitSeq(path, "/") {
		switch {
		case name == "" || name == ".":
		case name == "..":
			return "", fmt.Errorf("not normalized: %q", path)
		case len(name) > 255:
			return "", errors.New("name too long")
		default:
			kept = append(kept, name)
		}
	}
	return "/" + strings.Join(kept, "/"), nil
}

func TestOwnParser(t *testing.T) {
	path, argv, err := commandLine(`"@/a$b" "/a$$b" "%%n %n" '$x' "\x41\n" a\\b ";"`)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%q %q", path, argv); got != `"/a$b" ["/a$b" "%n «%n»" "«$x»" "A\n" "a\\b" ";"]` {
		t.Error(got)
	}
	if _, _, err := commandLine(`/bin/a ; /bin/b`); err == nil {
		t.Error("a separator was not seen")
	}
	settings, err := parseFile("# a\\\n[A]\nB=c \\\n# d\n e\nF=g\rH=i\n")
	if err != nil || fmt.Sprint(settings) != "[{A B c   e} {A F g} {A H i}]" {
		t.Error(settings, err)
	}
}
