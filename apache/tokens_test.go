package apache

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// tokens reads a configuration as httpd does: physical lines joined where one
// ends in a backslash, blank lines and comments dropped, words split as
// ap_getword_conf splits them. It fails on what httpd would expand or what
// ends a text early, because an include must have neither.
func tokens(config string) ([][]string, error) {
	if i := strings.IndexFunc(config, func(r rune) bool { return r != '\n' && (r < ' ' || r > '~') }); i >= 0 {
		return nil, fmt.Errorf("control or non-ASCII character at byte %d", i)
	}
	if !strings.HasSuffix(config, "\n") {
		return nil, errors.New("no newline at the end")
	}
	var all [][]string
	for _, line := range strings.Split(strings.ReplaceAll(config, "\\\n", ""), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if strings.Contains(line, "${") {
			return nil, fmt.Errorf("a variable in %q", line)
		}
		if line[0] == '<' && line[1] != '/' {
			if !strings.HasSuffix(line, ">") {
				return nil, fmt.Errorf("no > in %q", line)
			}
			line = strings.TrimSuffix(line, ">")
		}
		var words []string
		for line != "" {
			var w string
			w, line = word1(line)
			words = append(words, w)
		}
		all = append(all, words)
	}
	return all, nil
}

// word1 takes the first word off a line. Within quotes a backslash escapes the
// quote and itself, elsewhere only itself; before anything else it stands for
// itself.
func word1(line string) (first, rest string) {
	var quote byte
	if line[0] == '"' || line[0] == '\'' {
		quote, line = line[0], line[1:]
	}
	var b strings.Builder
	i := 0
	for ; i < len(line); i++ {
		c := line[i]
		if c == quote || quote == 0 && c == ' ' {
			break
		}
		if c == '\\' && i+1 < len(line) && (line[i+1] == '\\' || quote != 0 && line[i+1] == quote) {
			i++
			c = line[i]
		}
		b.WriteByte(c)
	}
	if quote != 0 && i < len(line) {
		i++
	}
	return b.String(), strings.TrimLeft(line[i:], " ")
}

func TestTokens(t *testing.T) {
	got, err := tokens("# a \"comment\\\nstill a comment\n\n  Header \"a \\\"b\\\\ \\s\" 'c \" d'\\\ne\n<Location \"/x y\">\n</Location>\n")
	want := [][]string{{"Header", `a "b\ \s`, `c " d`, "e"}, {"<Location", "/x y"}, {"</Location>"}}
	if err != nil || !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("tokens = %q, %v; want %q", got, err, want)
	}
	for _, bad := range []string{"Header ${x}\n", "Header\tx\n", "Header x", "<Location x\n"} {
		if got, err := tokens(bad); err == nil {
			t.Errorf("tokens(%q) = %q, want an error", bad, got)
		}
	}
}
