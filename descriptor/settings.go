package descriptor

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Settings are unit-file settings of one section, sorted by key.
type Settings []Setting

// Setting is one key with one value a line.
type Setting struct {
	Key    string
	Values []string
}

var settingKey = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*$`)

func (s *Settings) decode(v any) *problem {
	table, ok := v.(map[string]any)
	if !ok {
		return wrong("", "expected a table, got %s", kindOf(v))
	}
	for _, key := range slices.Sorted(maps.Keys(table)) {
		setting := Setting{Key: key}
		values, isList := table[key].([]any)
		if !isList {
			values = []any{table[key]}
		}
		if !settingKey.MatchString(key) {
			return wrong("write it as in systemd.service(5): Nice, OOMScoreAdjust", "%q is not the name of a systemd setting", key)
		}
		for _, value := range values {
			text, p := settingText(value)
			if p != nil {
				p.message = key + ": " + p.message
				return p
			}
			setting.Values = append(setting.Values, text)
		}
		*s = append(*s, setting)
	}
	return nil
}

func settingText(v any) (string, *problem) {
	switch v := v.(type) {
	case string:
		if strings.ContainsFunc(v, func(c rune) bool { return c < ' ' || c == 0x7f }) {
			return "", wrong("write a list for several lines", "a value cannot contain a line break or another control character")
		}
		if strings.HasSuffix(v, `\`) {
			return "", wrong("", "a value cannot end in a backslash: systemd would join it with the next line")
		}
		return v, nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case bool:
		if v {
			return "yes", nil
		}
		return "no", nil
	}
	return "", wrong("", "expected a string, a number or true or false, got %s", kindOf(v))
}
