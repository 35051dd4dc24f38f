package tomlfile

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"

	"ecounit/report"
)

// syntaxEntry says what is not TOML. The library stops there, and so do we:
// what follows may be read wrongly.
func syntaxEntry(text []byte, err error) report.Entry {
	message := strings.TrimPrefix(err.Error(), "toml: ")
	entry := report.Entry{Message: "cannot read it as TOML: " + message}
	var de *toml.DecodeError
	if !errors.As(err, &de) {
		return entry
	}
	line, column := de.Position() // the column counts bytes
	lines := bytes.SplitAfter(text, []byte("\n"))
	if line < 1 || line > len(lines) {
		return entry
	}
	source := lines[line-1]
	at := min(max(0, column-1), len(source))
	for at > 0 && at < len(source) && !utf8.RuneStart(source[at]) {
		at-- // the library points at the last byte of an unfinished file
	}
	entry.Range = report.Range{Line: line, Column: utf8.RuneCount(source[:at]) + 1, Length: 1}
	entry.Key = strings.Join(de.Key(), ".")
	if own, hint := mistake(message, source[:at], source[at:]); own != "" {
		entry.Message, entry.Hint = "cannot read it as TOML: "+own, hint
		entry.Length = max(1, len(word.Regexp().Find(source[at:])))
	}
	return entry
}

var (
	// valueStart is what stands before a value: a key, or a list that is open.
	valueStart = NewPattern(`(=\s*|=\s*\[.*,\s*|=\s*\[\s*|^\s*)$`)
	unquoted   = NewPattern(`^[^\s,\]}#"']+`)
	word       = NewPattern(`^[A-Za-z0-9_.-]+`)
	otherCase  = NewPattern(`^(?i:true|false)\b`)
)

// mistake names the mistakes that are made most in the words of a person;
// what is wrong stands between before and after.
func mistake(message string, before, after []byte) (own, hint string) {
	switch {
	case strings.HasPrefix(message, "unexpected character"), strings.HasPrefix(message, "expected keyword"):
		return badValue(before, after)
	case strings.Contains(message, "strings cannot have new lines"), strings.HasPrefix(message, "unterminated"):
		return "the closing quote is missing", `write "…" on one line, or """…""" over several`
	case strings.Contains(message, "string not terminated by"):
		return "the closing quotes are missing:" + message[strings.LastIndex(message, " "):], ""
	case strings.HasPrefix(message, "invalid escape character"):
		return message, `within '…' a \ is an ordinary character; within "…" write \\`
	case strings.HasPrefix(message, "expected newline"):
		return "a new line is missing here", `write one key = "value" on each line`
	case strings.HasPrefix(message, "expected '=' after key"), strings.HasPrefix(message, "invalid character at start of key"):
		return message, `write key = "value"`
	case strings.HasPrefix(message, "array is incomplete"):
		return "the closing ] is missing", ""
	case strings.HasPrefix(message, "inline table is incomplete"):
		return "the closing } is missing", ""
	}
	return message, ""
}

func badValue(before, after []byte) (own, hint string) {
	written := string(unquoted.Regexp().Find(after))
	first, _ := utf8.DecodeRuneInString(written)
	switch {
	case written == "" || !valueStart.Regexp().Match(before):
		return "a value is missing", ""
	case strings.ContainsRune("“”„‘’«»", first):
		return "these are not the quotes of TOML", `write straight quotes: "value"`
	case otherCase.MatchString(written):
		return "`" + Shortened(written) + "` is not a value", "write `" + strings.ToLower(otherCase.Regexp().FindString(written)) + "`, in small letters"
	}
	return "`" + Shortened(written) + "` is not a value", `put texts in quotes: "` + Shortened(written) + `"`
}
