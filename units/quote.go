package units

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What a value goes through on its way to the process, by the kind of the
// setting (systemd.syntax(7), systemd.unit(5) "Specifiers", systemd.service(5)
// "Command lines", systemd.exec(5)):
//
//	                 Exec*=  program  Environment=  path lists  one path  text
//	split and unquote  yes     yes        yes          yes         -       -
//	\n, \xNN           yes     yes        yes           -          -       -
//	%i, %%             yes     yes        yes          yes        yes     yes
//	$X, ${X}, $$       yes      -          -            -          -       -
//	wildcards           -       -          -            -       EnvironmentFile=
//
// All of it was measured on systemd 247, 252 and 257, which agree
// (machine_test.go).

// bareWord needs no quotes anywhere and means itself.
var bareWord = newCharset(alphanumeric + "_@:,./+=-")

// quoteWord writes one word of Environment= or, with its dollars doubled, of a
// command line. Whatever does not print is written as bytes: systemd would
// take most of it as it is, but an editor or a terminal shows something else
// than what is there.
func quoteWord(s string) string {
	if bareWord.spans(s) {
		return s
	}
	var out strings.Builder
	out.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			out.WriteByte('\\')
			out.WriteRune(r)
		case r == '%':
			out.WriteString("%%")
		case r == '\n':
			out.WriteString(`\n`)
		case r == '\t':
			out.WriteString(`\t`)
		case unicode.IsPrint(r):
			out.WriteRune(r)
		default:
			for _, b := range []byte(string(r)) {
				fmt.Fprintf(&out, `\x%02x`, b)
			}
		}
	}
	out.WriteByte('"')
	return out.String()
}

// quoteArgument writes one argument of a command line.
func quoteArgument(s string) string { return quoteWord(escapeDollar(s)) }

// quoteProgram writes the first words of a command line. systemd does not
// expand variables in the path it executes, but it does in the copy of it that
// becomes argv[0], so a path with a dollar is given twice ("@").
func quoteProgram(path string) string {
	if strings.Contains(path, "$") {
		return quoteWord("@"+path) + " " + quoteArgument(path)
	}
	return quoteWord(path)
}

var (
	pathEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, `%`, `%%`)
	globEscapes = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`)
)

// quotePath writes one path of a list. These know no \n or \x: a backslash
// only makes the next byte literal.
func quotePath(path string) string {
	if bareWord.spans(path) {
		return path
	}
	return `"` + pathEscapes.Replace(path) + `"`
}

// escapePercent writes text that reaches to the end of the line.
func escapePercent(s string) string { return strings.ReplaceAll(s, "%", "%%") }

// escapeDollar undoes the expansion of variables in a command line.
func escapeDollar(s string) string { return strings.ReplaceAll(s, "$", "$$") }

// escapeGlob makes the wildcards of glob(7) literal.
func escapeGlob(s string) string { return globEscapes.Replace(s) }

// isLine says whether systemd reads s as one line, and as what it is: CR and
// NUL end a line too, a line that is not UTF-8 makes the whole file
// unreadable, and a backslash at the end continues it, unless another one
// takes that away.
func isLine(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsAny(s, "\n\r\x00") && !continues(s)
}

// continues says whether a line with that end goes on in the next one.
func continues(s string) bool {
	return (len(s)-len(strings.TrimRight(s, `\`)))%2 == 1
}

// hasControl finds characters that move a cursor or end a line somewhere.
func hasControl(s string) bool { return strings.ContainsFunc(s, unicode.IsControl) }

// isTrimmed says whether s keeps its ends when systemd strips the value.
func isTrimmed(s string) bool { return strings.Trim(s, " \t\n\r") == s }

// maxString is the longest argument or assignment that execve(2) takes: 128
// KiB with the NUL. systemd loads longer ones and then cannot start.
const maxString = 128<<10 - 1

// wordProblem says why s cannot be an argument or an assignment. Bytes that
// are not UTF-8 could be written as \xNN and would reach the process, but no
// D-Bus message can hold them: systemd 247 loses its connection to the bus for
// minutes when anyone asks for the unit's properties, 252 and 257 answer with
// an error, also to "systemctl status"; and Environment= drops the assignment.
func wordProblem(s string) string {
	switch {
	case strings.Contains(s, "\x00"):
		return "no process can receive a NUL byte"
	case !utf8.ValidString(s):
		return "not UTF-8, which systemd cannot hold"
	case len(s) > maxString:
		return "longer than the 128 KiB that the kernel takes"
	}
	return ""
}
