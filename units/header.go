package units

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Origin is what the header of a generated file says about it.
type Origin struct {
	App        string
	Descriptor string // path of the descriptor it was made from
	Unit       string // name it was made for; another one means a copy
	Intact     bool   // nobody changed the file since, the header included
}

// The lines of a header. None may end in a backslash, which would continue a
// comment on systemd 239 (RHEL 8).
const (
	stampLine      = "# ecounit: app="
	stampDigest    = " sha256="
	descriptorLine = "# Made by ecounit from: "
	editLine       = "# Do not change it here; for settings of your own: systemctl --user edit "
)

// bareField is what a header shows without quotes, besides paths that print.
var bareField = newCharset(alphanumeric + "@._:-")

// Stamp returns the file that consists of a comment header and the body. The
// header holds what made the file and from what, how to change the unit, and a
// digest of everything else in the file. Any strings are safe.
func Stamp(app, descriptor, unitName string, body []byte) []byte {
	before := stampLine + headerField(app) + stampDigest
	after := "\n" +
		descriptorLine + headerPath(descriptor) + "\n" +
		editLine + headerUnit(unitName) + "\n" +
		"\n"
	digest := sha256.New()
	digest.Write([]byte(before + after))
	digest.Write(body)

	return slices.Concat([]byte(before), hex.AppendEncode(nil, digest.Sum(nil)), []byte(after), body)
}

// Inspect reads the header of a file. It returns false when ecounit did not
// make the file. As long as its first line is still found among the comments
// at the top the file is ours, but not intact.
func Inspect(content []byte) (Origin, bool) {
	var o Origin
	found := false
	rest := content
	for len(rest) > 0 {
		line, tail, _ := bytes.Cut(rest, []byte("\n"))
		text := strings.TrimSpace(string(line))
		if text != "" && text[0] != '#' && text[0] != ';' {
			break
		}
		rest = tail
		if value, ok := strings.CutPrefix(text, stampLine); ok && !found {
			o.App, found = parseName(value)
		}
		if value, ok := strings.CutPrefix(text, descriptorLine); ok {
			o.Descriptor, _ = parseField(value)
		}
		if value, ok := strings.CutPrefix(text, editLine); ok {
			o.Unit, _ = parseField(value)
			// The header ends with the empty line after this one.
			rest = bytes.TrimPrefix(rest, []byte("\n"))
			break
		}
	}
	if !found {
		return Origin{}, false
	}
	o.Intact = bytes.Equal(content, Stamp(o.App, o.Descriptor, o.Unit, rest))
	return o, true
}

// headerField shows a name.
func headerField(s string) string {
	if bareField.spans(s) {
		return s
	}
	return strconv.Quote(s)
}

// headerPath shows a path: as it is, if that is readable and cannot be
// mistaken.
func headerPath(s string) string {
	odd := func(r rune) bool { return !unicode.IsPrint(r) || r == '\\' || r == '"' || r == unicode.ReplacementChar }
	if s == "" || s[0] == '\'' || s[0] == ' ' || s[len(s)-1] == ' ' || strings.ContainsFunc(s, odd) {
		return strconv.Quote(s)
	}
	return s
}

// headerUnit shows the name of a unit as a shell wants it, because the line is
// there to be copied.
func headerUnit(s string) string {
	if ValidName(s) == nil && strings.Contains(s, `\`) {
		return "'" + s + "'"
	}
	return headerField(s)
}

// parseName undoes headerField at the beginning of s.
func parseName(s string) (string, bool) {
	if quoted, err := strconv.QuotedPrefix(s); err == nil {
		return parseField(quoted)
	}
	name, _, _ := strings.Cut(s, " ")
	return name, bareField.spans(name)
}

// parseField undoes headerField, headerPath and headerUnit.
func parseField(s string) (string, bool) {
	switch {
	case strings.HasPrefix(s, `"`):
		plain, err := strconv.Unquote(s)
		return plain, err == nil
	case strings.HasPrefix(s, `'`):
		return strings.Trim(s, `'`), true
	}
	return s, s != ""
}
